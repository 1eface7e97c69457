import type { EpochResult, History } from '../../index.js';

/** The epoch whose weights the model has: the best one with `--patience`, else the last; if any ended. */
export function finalEpoch({ epochs, bestEpoch }: History): EpochResult | undefined {
  return epochs[(bestEpoch ?? epochs.length) - 1];
}
