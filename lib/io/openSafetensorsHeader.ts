import type { RegularFile } from './openFile.js';
import {
  lengthBytes,
  parseHeader,
  parseHeaderLength,
  type SafetensorsHeader,
} from './safetensorsHeader.js';

/**
 * Reads and checks the header of an open file.
 *
 * @returns Also the first byte of the tensors.
 * @throws FileFormatError; errors of the system.
 */
export async function readSafetensorsHeader(
  file: RegularFile,
): Promise<SafetensorsHeader & { readonly dataStart: number }> {
  const { path, size } = file;
  const prefix = await file.readAt(0, Math.min(lengthBytes, size));
  const headerBytes = parseHeaderLength(prefix, size, path);
  const dataStart = lengthBytes + headerBytes;
  const header = await file.readAt(lengthBytes, headerBytes);
  return { ...parseHeader(header, size - dataStart, path), dataStart };
}
