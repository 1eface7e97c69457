import { median } from '../common/statistics.js';
import type { Context } from './context.js';
import type { Ceilings } from './results.js';

/** What the processor allows: the peaks that were measured beside the cases, and the copy bandwidth. */
export async function measureCeilings(context: Context): Promise<Ceilings | undefined> {
  const { probe, settings, instructionSet } = context;
  if (probe === undefined) return undefined;
  const { fp32, bf16 } = await probe.sets();
  for (const threads of settings.threads) {
    for (let round = 0; round < settings.rounds; round += 1) {
      await context.peak('fp32', threads);
      if (bf16.includes(instructionSet)) await context.peak('bf16', threads);
    }
  }
  const peaks = [...context.peaks].map(([key, values]) => {
    const [set = '', precision, threads] = key.split(' ');
    return {
      set,
      precision: precision === 'bf16' ? ('bf16' as const) : ('fp32' as const),
      threads: Number(threads),
      operationsPerSecond: median(values),
    };
  });
  for (const set of fp32.filter((name) => name !== instructionSet)) {
    const operationsPerSecond = await probe.peak(set, 'fp32', 1, 0.1);
    peaks.push({ set, precision: 'fp32', threads: 1, operationsPerSecond });
  }
  const copies = [];
  for (const threads of settings.threads) {
    copies.push({ threads, bytesPerSecond: await probe.copy(threads, 0.3) });
  }
  return { instructionSet, peaks, copies };
}
