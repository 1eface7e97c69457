import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { RowSource } from '../../data/rowSource.js';
import { inputsAsTargets } from '../../data/targets.js';
import { littleEndianBytes } from '../../io/safetensors.js';
import type { PreparedData } from '../upload.js';

/**
 * Tells data from other data: SHA-256 of all rows, targets and weights, wherever they lie. Of inputs in a large file
 * it is of pieces from all parts of it. The event loop turns between two slices.
 *
 * @param isStopped Whether nobody wants the digest any more: it is of a part of the data then.
 */
export async function dataDigest(
  { inputs, targets, weights }: PreparedData,
  isStopped: () => boolean,
): Promise<string> {
  const { rows, columns, inputType, scale, offset } = inputs;
  const hash = createHash('sha256');
  const add = async (
    { rowsPerSlice, slice, load }: Slices,
    starts = startsOf(rows, rowsPerSlice),
  ): Promise<void> => {
    for (const start of starts) {
      if (start > 0) await setImmediate();
      if (isStopped()) return;
      const end = Math.min(rows, start + rowsPerSlice);
      if (load !== undefined) await load(start, end);
      hash.update(littleEndianBytes(slice(start, end)));
    }
  };
  hash.update(JSON.stringify([rows, columns, inputType, scale, offset]));
  await add(slicesOf(inputs), startsOfInputs(inputs));
  for (const own of targets) {
    if (own === inputsAsTargets) continue;
    hash.update(JSON.stringify([own.target, own.targetColumns]));
    await add(slicesOf(own));
  }
  if (weights !== undefined) await add(slicesOf(weights));
  return hash.digest('hex');
}

interface Slices {
  readonly rowsPerSlice: number;
  slice(start: number, end: number): Parameters<typeof littleEndianBytes>[0];
  load?: ((start: number, end: number) => Promise<void>) | undefined;
}

/** Also of a source whose functions are methods. */
function slicesOf(source: Slices): Slices {
  const { rowsPerSlice, load } = source;
  return { rowsPerSlice, slice: (start, end) => source.slice(start, end), load };
}

function startsOf(rows: number, rowsPerSlice: number): number[] {
  const slices = Math.ceil(rows / rowsPerSlice);
  return Array.from({ length: slices }, (_, index) => index * rowsPerSlice);
}

/** Of a file with more slices, so many are looked at: the first, the last, and those between at equal distances. */
const mostSlicesOfFile = 512;

function startsOfInputs({ rows, rowsPerSlice, file }: RowSource): number[] {
  const starts = startsOf(rows, rowsPerSlice);
  if (file === undefined || starts.length <= mostSlicesOfFile) return starts;
  return Array.from({ length: mostSlicesOfFile }, (_, index) => {
    return starts[Math.round((index * (starts.length - 1)) / (mostSlicesOfFile - 1))] as number;
  });
}
