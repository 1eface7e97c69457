import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { describeValue, requireNumber, requireObject, requirePath } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { atomicWrite } from '../io/atomicWrite.js';
import { RegularFile } from '../io/openFile.js';
import { isSystemError } from '../io/paths.js';
import { requireText } from './pictures/given.js';
import { fileMark, type Picture, svgFile } from './pictures/svg.js';

/**
 * Writes a picture as an SVG file, whole or not at all. An older picture of the course is replaced; any
 * other file is left alone.
 *
 * @param path Where to write, from the current folder: a name in `.svg`, or without an ending.
 * @throws ArgumentError for the ending of another format, for a file that is no picture of the course,
 * and where no file can be written.
 */
export async function save(picture: Picture, path: string): Promise<void> {
  const name = requirePath(path);
  requirePicture(picture);
  if (!isNameOfPicture(name)) {
    const expected = 'a name in .svg, as the picture is SVG';
    throw new ArgumentError({ path: 'path', expected, received: describeValue(name) });
  }
  await requireOurs(name);
  await writePicture(picture, name);
}

function requirePicture(picture: unknown): void {
  const { title, content, width, height } = requireObject(picture, 'picture');
  requireText(title, 'picture.title');
  requireText(content, 'picture.content');
  requireNumber(width, 'picture.width');
  requireNumber(height, 'picture.height');
}

/** A picture by the name of another format, `.png` say, would be opened by nothing. */
export function isNameOfPicture(path: string): boolean {
  return ['', '.svg'].includes(extname(path).toLowerCase());
}

/** The same, whatever is there. */
export async function writePicture(picture: Picture, path: string): Promise<void> {
  await atomicWrite(path, [new TextEncoder().encode(svgFile(picture))]);
}

/** @throws ArgumentError when there is a file that was not drawn here. */
export async function requireOurs(path: string): Promise<void> {
  const start = await startOf(path);
  if (start === null || start === fileMark) return;
  throw new ArgumentError({
    path,
    expected: 'no file, or an older picture of the course',
    received: 'another file',
    remedy: 'Give the picture another name, or move the file away.',
  });
}

/** Null where there is no file; what is none, a folder say, is refused when it comes to writing. */
async function startOf(path: string): Promise<string | null> {
  const status = await stat(path).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  });
  if (status === null || !status.isFile()) return null;
  const file = await RegularFile.open(path);
  try {
    const length = Math.min(file.size, fileMark.length);
    return new TextDecoder().decode(await file.readAt(0, length));
  } finally {
    await file.close();
  }
}
