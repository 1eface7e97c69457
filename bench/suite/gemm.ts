import { gemmForms, gemmShapes } from '../cards.js';
import type { Context } from './context.js';
import type { GemmResult } from './results.js';

/** The matrix products alone, each interleaved with the peak, by the native micro-benchmarks. */
export async function measureGemm(context: Context): Promise<GemmResult[]> {
  const { probe, settings } = context;
  if (probe === undefined) return [];
  const results: GemmResult[] = [];
  const seconds = settings.quick ? 0.05 : 0.15;
  const { fp32 } = await probe.sets();
  // AVX2 is what processors without AVX-512 get: it is measured here too.
  const others = fp32.filter((set) => set !== context.instructionSet);
  const runs = [
    ...settings.threads.map((threads) => ({ set: context.instructionSet, threads })),
    ...others.map((set) => ({ set, threads: 1 })),
  ];
  for (const { set, threads } of runs) {
    context.log(`matrix products, ${set}, threads ${threads}`);
    for (const shape of gemmShapes) {
      if (settings.quick && shape.batch > 1024) continue;
      const shares: string[] = [];
      for (const form of gemmForms) {
        const answer = await probe.gemm(set, form, shape, threads, seconds);
        const { operationsPerSecond, share, maxError } = answer;
        results.push({ ...shape, set, form, threads, operationsPerSecond, share, maxError });
        shares.push(`${(share * 100).toFixed(1)} %`);
      }
      context.log(`  ${shape.batch} × ${shape.inputs} × ${shape.outputs}: ${shares.join(', ')}`);
    }
  }
  return results;
}
