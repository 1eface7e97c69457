import { type ChildProcess, spawn } from 'node:child_process';
import { cardByName } from '../cards.js';
import type { Context } from './context.js';
import { ratioOf } from './layerwiseCase.js';
import type { BusyNeighbourResult } from './results.js';

const busyCards = ['mlp-mnist', 'ae-tabular'];

function startNeighbour(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' });
}

/** All threads beside one thread, while another process keeps a core busy. */
export async function measureBusyNeighbour(context: Context): Promise<BusyNeighbourResult[]> {
  const threads = Math.max(...context.settings.threads);
  if (threads === 1) return [];
  const results: BusyNeighbourResult[] = [];
  for (const card of busyCards.map(cardByName)) {
    const neighbour = startNeighbour();
    try {
      const ratio = await ratioOf(context, { card, threads }, { card, threads: 1 });
      results.push({ card: card.name, threads, ratio });
      context.log(`busy neighbour, ${card.name}: ${ratio.toFixed(2)} × one thread`);
    } finally {
      neighbour.kill();
    }
  }
  return results;
}
