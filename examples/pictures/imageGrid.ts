import { encode } from 'fast-png';
import { type Drawing, element, text } from './svg.ts';

/** Small grey images in rows, each row with its label. */

export interface ImageRow {
  readonly label: string;
  /** Of each image its pixels, 0 (white) to 1 (black), row after row. */
  readonly images: readonly ArrayLike<number>[];
}

export interface ImageGrid {
  readonly title: string;
  /** Pixels along each side of an image. */
  readonly size: number;
  /** Rows that belong together. */
  readonly bands: readonly (readonly ImageRow[])[];
}

/** Each pixel of an image becomes a square of this side. */
const magnification = 3;
const gap = 6;
const bandGap = 16;
const titleHeight = 64;

export function imageGrid({ title, size, bands }: ImageGrid): Drawing {
  const cell = size * magnification;
  const rows = bands.flat();
  const labelWidth = 40 + 7.5 * Math.max(...rows.map(({ label }) => label.length));
  let top = titleHeight;
  const parts: string[] = [];
  for (const band of bands) {
    for (const row of band) {
      parts.push(imageRow(row, size, labelWidth, top));
      top += cell + gap;
    }
    top += bandGap;
  }
  const columns = Math.max(...rows.map(({ images }) => images.length));
  const heading = text(title, 20, 38, { 'font-size': 18, 'font-weight': 600 });
  return {
    content: heading + parts.join(''),
    width: labelWidth + columns * (cell + gap) + 18,
    height: top,
  };
}

function imageRow({ label, images }: ImageRow, size: number, left: number, top: number): string {
  const cell = size * magnification;
  const drawn = images.map((pixels, index) => {
    const png = encode({ width: cell, height: cell, data: enlarged(pixels, size), channels: 1 });
    return element('image', {
      href: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
      x: left + index * (cell + gap),
      y: top,
      width: cell,
      height: cell,
    });
  });
  return text(label, left - 12, top + cell / 2 + 5, { 'text-anchor': 'end' }) + drawn.join('');
}

/** An image whose pixels are squares, so that no smoothing hides what the network made. */
function enlarged(pixels: ArrayLike<number>, size: number): Uint8Array {
  const cell = size * magnification;
  return Uint8Array.from({ length: cell * cell }, (_, index) => {
    const row = Math.floor(index / cell / magnification);
    const column = Math.floor((index % cell) / magnification);
    const ink = Math.min(1, Math.max(0, pixels[row * size + column] ?? 0));
    return Math.round(255 * (1 - ink));
  });
}
