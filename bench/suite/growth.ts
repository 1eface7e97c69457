import { rmSync } from 'node:fs';
import type { Card } from '../cards.js';
import { growthSeries } from '../growthCards.js';
import { trainingOperations } from '../operations.js';
import type { Context } from './context.js';
import { LayerwiseCase } from './layerwiseCase.js';
import type { GrowthResult } from './results.js';

/** Seconds of an epoch while the work grows, on one thread. */
export async function measureGrowth(context: Context): Promise<GrowthResult[]> {
  const results: GrowthResult[] = [];
  for (const { name, sizes, quickSizes, cardOf } of growthSeries) {
    for (const size of context.settings.quick ? quickSizes : sizes) {
      const card = cardOf(size);
      const operations = trainingOperations(card) * card.rows;
      const seconds = await secondsOfEpoch(context, card);
      results.push({ series: name, size, operations, seconds });
      context.log(`growing ${name}, ${size}: ${seconds.toPrecision(3)} s an epoch`);
      // Ten million rows take more than a gigabyte.
      rmSync(context.dataOf(card), { recursive: true });
    }
  }
  return results;
}

async function secondsOfEpoch(context: Context, card: Card): Promise<number> {
  const training = await LayerwiseCase.open(context, card, 1);
  try {
    return await training.secondsOfEpoch(context.settings.rounds);
  } finally {
    await training.close();
  }
}
