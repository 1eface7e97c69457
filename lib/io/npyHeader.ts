import { FileFormatError } from '../errors.js';
import type { RegularFile } from './openFile.js';

/**
 * The header of a .npy file, as NumPy writes it: a magic string, the version, the length of a text, and
 * the text of a Python dictionary with type, order and shape of the array that follows.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

/** The array of a .npy file. */
export interface NpyHeader {
  /** As NumPy writes it: `<f4`. */
  readonly descr: string;
  readonly isFortranOrder: boolean;
  readonly shape: readonly number[];
  /** First byte of the numbers. */
  readonly start: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Bytes before the length of the text. */
const prefixBytes = 8;
/** NumPy itself refuses longer ones of files that it does not trust. */
const maximumTextBytes = 64 * 2 ** 10;

/** Whether a file begins as a .npy file does. */
export function isNpy(firstBytes: Uint8Array): boolean {
  return magic.every((byte, index) => firstBytes[index] === byte);
}

/** @throws FileFormatError */
export async function readNpyHeader(file: RegularFile): Promise<NpyHeader> {
  const { path, size } = file;
  const fault = (expected: string, received: string): FileFormatError =>
    new FileFormatError({ path: `${path}: header`, expected, received });
  // Version 1 has 2 bytes of length, later ones 4.
  const first = await file.readAt(0, Math.min(size, prefixBytes + 4));
  const version = first[6] ?? 0;
  if (version < 1 || version > 3) throw fault('version 1, 2 or 3 of the format', `${version}`);
  const lengthBytes = version === 1 ? 2 : 4;
  const textStart = prefixBytes + lengthBytes;
  if (size < textStart) throw fault(`${textStart} bytes`, `a file that ends after ${size}`);
  const view = new DataView(first.buffer, prefixBytes, lengthBytes);
  const length = version === 1 ? view.getUint16(0, true) : view.getUint32(0, true);
  if (length > maximumTextBytes) {
    throw fault(`at most ${maximumTextBytes} bytes`, `${length} bytes`);
  }
  if (length > size - textStart) {
    throw fault(`${length} bytes`, `a file that ends after ${size - textStart}`);
  }
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(
    await file.readAt(textStart, length),
  );
  const header = parseText(text);
  if (header === undefined)
    throw fault('a type, an order and a shape', JSON.stringify(text.slice(0, 80)));
  return { ...header, start: textStart + length };
}

/** The members of the dictionary, in any order. */
function parseText(text: string): Omit<NpyHeader, 'start'> | undefined {
  const [, descr] = /'descr':\s*'([^']*)'/.exec(text) ?? /'descr':\s*(\[)/.exec(text) ?? [];
  const [, order] = /'fortran_order':\s*(True|False)/.exec(text) ?? [];
  const [, sides] = /'shape':\s*\(([0-9, L]*)\)/.exec(text) ?? [];
  if (descr === undefined || order === undefined || sides === undefined) return undefined;
  const shape = sides
    .split(',')
    .map((side) => side.trim().replace(/L$/, ''))
    .filter((side) => side !== '')
    .map(Number);
  if (!shape.every(Number.isSafeInteger)) return undefined;
  return { descr, isFortranOrder: order === 'True', shape };
}
