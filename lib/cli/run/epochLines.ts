import { readFile } from 'node:fs/promises';
import { isPlainObject } from '../../checks.js';
import { isSystemError } from '../../io/paths.js';

/** The numbers of a run, as its folder keeps them: a line of JSON for each epoch. */

export interface Epoch {
  /** Of several networks: which of them it is of. */
  readonly member?: number;
  /** Of a network that is trained once more, on all rows: whether it is of that last training. */
  readonly refit?: boolean;
  readonly epoch: number;
  readonly loss: number | null;
  readonly metrics: EpochMetrics;
  readonly validation: { readonly loss: number | null; readonly metrics: EpochMetrics } | null;
  readonly learningRate: number | null;
}

type EpochMetrics = Readonly<Record<string, number | null>>;

/** In the order in which they ended; none where there is no file. */
export async function readEpochs(path: string): Promise<Epoch[]> {
  return (await textIfThere(path)).split('\n').flatMap((line) => epochOf(line) ?? []);
}

async function textIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return '';
    throw error;
  }
}

/** Null for a line that is cut. */
function epochOf(line: string): Epoch | null {
  try {
    const epoch: unknown = JSON.parse(line);
    return isPlainObject(epoch) && Number.isSafeInteger(epoch.epoch)
      ? (epoch as unknown as Epoch)
      : null;
  } catch {
    return null;
  }
}
