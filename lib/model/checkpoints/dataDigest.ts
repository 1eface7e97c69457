import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { inputsAsTargets } from '../../data/targets.js';
import { littleEndianBytes } from '../../io/safetensors.js';
import type { PreparedData } from '../upload.js';

/** Tells data from other data: SHA-256 of all rows, targets and weights. The event loop turns between two slices. */
export async function dataDigest({ inputs, targets, weights }: PreparedData): Promise<string> {
  const { rows, columns, inputType, scale, offset } = inputs;
  const hash = createHash('sha256');
  const add = async ({ rowsPerSlice, slice }: Slices): Promise<void> => {
    for (let start = 0; start < rows; start += rowsPerSlice) {
      if (start > 0) await setImmediate();
      hash.update(littleEndianBytes(slice(start, Math.min(rows, start + rowsPerSlice))));
    }
  };
  hash.update(JSON.stringify([rows, columns, inputType, scale, offset]));
  await add({ ...inputs, slice: (start, end) => inputs.slice(start, end) });
  for (const own of targets) {
    if (own === inputsAsTargets) continue;
    hash.update(JSON.stringify([own.target, own.targetColumns]));
    await add({ ...own, slice: (start, end) => own.slice(start, end) });
  }
  if (weights !== undefined) {
    await add({ ...weights, slice: (start, end) => weights.slice(start, end) });
  }
  return hash.digest('hex');
}

interface Slices {
  readonly rowsPerSlice: number;
  slice(start: number, end: number): Parameters<typeof littleEndianBytes>[0];
}
