import { oddPairs } from '../cards.js';
import type { Context } from './context.js';
import { ratioOf } from './layerwiseCase.js';
import type { OddSizeResult } from './results.js';

/** Sizes that are no multiple of anything beside round ones. */
export async function measureOddSizes(context: Context): Promise<OddSizeResult[]> {
  const results: OddSizeResult[] = [];
  for (const { name, odd, round } of oddPairs) {
    for (const threads of context.settings.threads) {
      const ratio = await ratioOf(context, { card: odd, threads }, { card: round, threads });
      results.push({ name, threads, ratio });
      context.log(`${name}, threads ${threads}: ${(ratio * 100).toFixed(1)} %`);
    }
  }
  return results;
}
