import { DataError } from '../../errors.js';
import { ChunkDecoder } from '../text.js';

/** Text in lines, in bounded memory. */

export interface NumberedLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** A longer one is no line of a table. */
const longestLine = 32 * 1024 * 1024;

/** The lines that are not blank, at least one a time. */
export async function* textLines(
  chunks: AsyncGenerator<Uint8Array>,
  path: string,
  encoding: string | undefined,
): AsyncGenerator<NumberedLine[]> {
  let decoder: ChunkDecoder | undefined;
  let pending = '';
  let number = 1;
  const lineOf = (): number => number;
  try {
    for await (const chunk of chunks) {
      decoder ??= new ChunkDecoder(path, chunk, encoding);
      const parts = decoder.decode(chunk, lineOf).split('\n');
      parts[0] = pending + parts[0];
      pending = parts.pop() ?? '';
      if (pending.length > longestLine) throw tooLong(path, number + parts.length);
      const lines = numbered(parts, number);
      number += parts.length;
      if (lines.length > 0) yield lines;
    }
    const last = numbered([pending + (decoder?.end(lineOf) ?? '')], number);
    if (last.length > 0) yield last;
  } finally {
    await chunks.return(undefined);
  }
}

function numbered(texts: readonly string[], first: number): NumberedLine[] {
  return texts.flatMap((text, index) =>
    text.trim() === '' ? [] : [{ text, number: first + index }],
  );
}

function tooLong(path: string, line: number): DataError {
  return new DataError({
    path: `${path}:${line}`,
    expected: 'lines of at most 32 million characters',
    received: 'a longer one',
  });
}
