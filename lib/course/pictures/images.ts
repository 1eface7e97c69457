import { Buffer } from 'node:buffer';
import { crc32, deflateSync } from 'node:zlib';
import { notA, requireKnownKeys, requireList, requireObject, withDefault } from '../../checks.js';
import { isMatrixLike, type MatrixInput, rowSource } from '../../data/matrix.js';
import { requireMembers, requireText } from './given.js';
import { element, heading, type Picture, text, widthOf } from './svg.js';

export interface Images {
  readonly title: string;
  /** Images by the name of their row: each row of a matrix is a square image, of which ten are shown. */
  readonly rows: Readonly<Record<string, MatrixInput>>;
  /**
   * Rows whose values lie around 0, such as weights: 0 is grey in them.
   *
   * @default none
   */
  readonly weights?: readonly string[] | undefined;
}

const cell = 56;
const gap = 6;
const shown = 10;

/**
 * Draws rows of small grey images: 0 is white, 1 is black.
 *
 * @throws ArgumentError, ShapeError, DataError
 */
export function images(given: Images): Picture {
  const { title, rows, weights } = checked(given);
  const names = Object.keys(rows);
  const left = 32 + Math.max(...names.map(widthOf));
  const drawn = Object.entries(rows).map(([name, squares], index) => {
    const top = 56 + index * (cell + gap);
    const label = text(name, left - 12, top + cell / 2 + 5, { 'text-anchor': 'end' });
    const all = squares.map((square) => hrefOf(square, weights.includes(name)));
    return (
      label + all.map((href, column) => tile(href, left + column * (cell + gap), top)).join('')
    );
  });
  return {
    title,
    content: [heading(title), ...drawn].join(''),
    width: Math.max(left + shown * (cell + gap) + 14, 60 + 1.3 * widthOf(title)),
    height: 66 + names.length * (cell + gap),
  };
}

function checked(given: unknown) {
  const images = requireObject(given, 'images');
  requireKnownKeys(images, ['title', 'rows', 'weights'], '');
  const rows = requireMembers(images.rows, 'rows', requireSquares);
  const names = Object.keys(rows);
  const most = { of: 'names of rows', most: names.length };
  const weights = requireList(withDefault(images.weights, []), 'weights', most);
  for (const [index, name] of weights.entries()) {
    const isOfRow = names.some((one) => one === name);
    if (!isOfRow) throw notA('the name of a row', name, `weights[${index}]`);
  }
  return { title: requireText(images.title, 'title'), rows, weights };
}

/** The images that are shown. */
function requireSquares(value: unknown, path: string): readonly Float32Array[] {
  if (!isMatrixLike(value)) throw notA('a matrix { values, rows, columns }', value, path);
  const { columns } = value;
  const source = rowSource(value, columns, path);
  if (!Number.isInteger(Math.sqrt(columns))) {
    throw notA('a square number of pixels', columns, `${path}.columns`);
  }
  const { scale, offset } = source;
  return Array.from({ length: Math.min(source.rows, shown) }, (_, row) =>
    Float32Array.from(source.slice(row, row + 1), (level) => level * scale + offset),
  );
}

function tile(href: string, x: number, y: number): string {
  const style = 'image-rendering:pixelated';
  return element('image', { href, x, y, width: cell, height: cell, style });
}

function hrefOf(image: Float32Array, areWeights: boolean): string {
  const largest = image.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return dataUri(image, areWeights ? [-largest, largest] : [0, 1]);
}

/** A square grey image as PNG: one byte for each pixel. */
function dataUri(values: ArrayLike<number>, [white, black]: readonly [number, number]): string {
  const side = Math.round(Math.sqrt(values.length));
  // Each line begins with the number of its filter, 0 for none.
  const lines = new Uint8Array(side * (side + 1));
  for (let index = 0; index < side * side; index++) {
    const ink = ((values[index] ?? 0) - white) / (black - white);
    const level = Math.round(255 * (1 - (Math.min(1, Math.max(0, ink)) || 0)));
    lines[Math.floor(index / side) * (side + 1) + 1 + (index % side)] = level;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 8; // bits of a pixel, which are grey: type 0
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return `data:image/png;base64,${Buffer.concat([signature, ...parts]).toString('base64')}`;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
