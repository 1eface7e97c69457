import { RegularFile } from '../io/openFile.js';

const chunkBytes = 256 * 1024;
const lineEnd = '\n'.charCodeAt(0);

/**
 * The whole lines of a file, without their ends: chunk by chunk, as a journal may be longer than the
 * longest text. What follows on the last end is none of them, nor what is appended meanwhile.
 *
 * @throws FileFormatError for what is no file; errors of the system.
 */
export async function* linesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await RegularFile.open(path);
  let parts: Uint8Array[] = [];
  try {
    for (let position = 0; position < file.size; position += chunkBytes) {
      const bytes = await file.readAt(position, Math.min(chunkBytes, file.size - position));
      let start = 0;
      for (let end = bytes.indexOf(lineEnd); end >= 0; end = bytes.indexOf(lineEnd, start)) {
        parts.push(bytes.subarray(start, end));
        yield joined(parts);
        parts = [];
        start = end + 1;
      }
      if (start < bytes.length) parts.push(bytes.subarray(start));
    }
  } finally {
    await file.close();
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
}
