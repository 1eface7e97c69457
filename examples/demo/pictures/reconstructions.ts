import { imageGrid } from '../../pictures/imageGrid.ts';
import { renderPng } from '../../pictures/svg.ts';
import { type Digits, imageOf, imageSize, pixels } from '../../shared/mnist.ts';

/** Images above what the autoencoder made of them. */

const bands = 3;

/** The rows of the first images of each digit: one list of ten rows for each band. */
export function examplesOf({ targets }: Digits): number[][] {
  const rowsOf = Array.from({ length: 10 }, (_, digit) =>
    Array.from(targets.keys()).filter((row) => targets[row] === digit),
  );
  return Array.from({ length: bands }, (_, band) => rowsOf.map((rows) => rows[band] ?? 0));
}

/** @param reconstructions [images, 784], 0 to 1. */
export function reconstructionGrid(
  examples: readonly (readonly number[])[],
  originals: Digits,
  reconstructions: Float32Array,
  title: string,
): Buffer {
  const grid = imageGrid({
    title,
    size: imageSize,
    bands: examples.map((rows) => [
      { label: 'original', images: rows.map((row) => imageOf(originals, row)) },
      {
        label: 'reconstruction',
        images: rows.map((row) => reconstructions.subarray(row * pixels, (row + 1) * pixels)),
      },
    ]),
  });
  return renderPng(grid, 2);
}
