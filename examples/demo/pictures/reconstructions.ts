import { encode } from 'fast-png';
import { type Digits, imageSize, pixels } from '../mnist.js';
import { element, renderPng, text } from './svg.js';

/** Images above what the autoencoder made of them. */

const bands = 3;
const digits = 10;
/** Each pixel of an image becomes a square of this side. */
const magnification = 3;
const cell = imageSize * magnification;
const gap = 6;
const labelWidth = 128;
const titleHeight = 64;
const bandHeight = 2 * cell + gap + 22;

/** The rows of the first images of each digit: one list of ten rows for each band. */
export function examplesOf({ targets }: Digits): number[][] {
  const rowsOf = Array.from({ length: digits }, (_, digit) =>
    Array.from(targets.keys()).filter((row) => targets[row] === digit),
  );
  return Array.from({ length: bands }, (_, band) => rowsOf.map((rows) => rows[band] ?? 0));
}

/**
 * @param originals [images, 784], bytes.
 * @param reconstructions [images, 784], 0 to 1.
 */
export function reconstructionGrid(
  examples: readonly (readonly number[])[],
  originals: ArrayLike<number>,
  reconstructions: ArrayLike<number>,
  title: string,
): Buffer {
  const parts = examples.map((rows, band) => {
    const top = titleHeight + band * bandHeight;
    return [
      strip(rows, (row, pixel) => originals[row * pixels + pixel] ?? 0, 'original', top),
      strip(
        rows,
        (row, pixel) => 255 * (reconstructions[row * pixels + pixel] ?? 0),
        'reconstruction',
        top + cell + gap,
      ),
    ].join('');
  });
  const width = labelWidth + digits * (cell + gap) + 18;
  const heading = text(title, 20, 38, { 'font-size': 18, 'font-weight': 600 });
  return renderPng(heading + parts.join(''), width, titleHeight + examples.length * bandHeight, 2);
}

/** One line of images with its label. */
function strip(
  rows: readonly number[],
  levelOf: (row: number, pixel: number) => number,
  label: string,
  top: number,
): string {
  const images = rows.map((row, index) => {
    const png = encode({
      width: cell,
      height: cell,
      data: enlarged((pixel) => 255 - levelOf(row, pixel)),
      channels: 1,
    });
    return element('image', {
      href: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
      x: labelWidth + index * (cell + gap),
      y: top,
      width: cell,
      height: cell,
    });
  });
  return (
    text(label, labelWidth - 12, top + cell / 2 + 5, { 'text-anchor': 'end' }) + images.join('')
  );
}

/** An image whose pixels are squares, so that no smoothing hides what the network made. */
function enlarged(levelOf: (pixel: number) => number): Uint8Array {
  return Uint8Array.from({ length: cell * cell }, (_, index) => {
    const row = Math.floor(index / cell / magnification);
    const column = Math.floor((index % cell) / magnification);
    return Math.round(levelOf(row * imageSize + column));
  });
}
