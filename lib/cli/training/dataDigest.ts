import { createHash } from 'node:crypto';
import { isMatrixLike } from '../../data/matrix.js';
import type { TrainingData } from '../training/trainingData.js';

/** The most that a hash takes at once. */
const sliceBytes = 2 ** 26;

/**
 * Tells data from other data: of the rows as networks see them, with targets and groups, and so the
 * same for a file that was compressed, or whose ignored columns have changed. A million rows of thirty
 * columns take a fraction of what reading them takes.
 */
export function digestOf({ inputs, targets, groups }: TrainingData): string {
  const hash = createHash('sha256');
  // A search has its rows in memory.
  if (!isMatrixLike(inputs)) throw new TypeError('rows in a file');
  for (const values of [inputs.values, targets, groups]) {
    hash.update(`${values?.length ?? 'none'};`);
    if (values === null) continue;
    for (let start = 0; start < values.byteLength; start += sliceBytes) {
      const bytes = Math.min(sliceBytes, values.byteLength - start);
      hash.update(new Uint8Array(values.buffer, values.byteOffset + start, bytes));
    }
  }
  return hash.digest('hex');
}
