import { describe, expect, test } from 'vitest';
import { matrix } from '../../lib/index.js';
import { readRows } from '../../lib/metrics/reading.js';

describe('rows of which there are more than are copied at a time', () => {
  const rows = 70_000;
  const value = (row: number, column: number) => (row % 251) + column;
  const nested = Array.from({ length: rows }, (_, row) => [value(row, 0), value(row, 1)]);
  const flat = nested.flat();

  test.each([
    ['arrays', nested, 1, 0],
    ['numbers', matrix(Float64Array.from(flat), rows, 2), 1, 0],
    ['scaled numbers', matrix(Float32Array.from(flat), rows, 2, { scale: 2, offset: 1 }), 2, 1],
    ['scaled bytes', matrix(Uint8Array.from(flat), rows, 2, { scale: 2, offset: 1 }), 2, 1],
  ] as const)('are all read: %s', (_, given, scale, offset) => {
    const read = readRows(given, 'outputs');
    expect([read.rows, read.columns]).toEqual([rows, 2]);
    for (const row of [0, 32_767, 32_768, 65_535, 65_536, rows - 1]) {
      for (const column of [0, 1]) {
        expect(read.at(row, column)).toBe(scale * value(row, column) + offset);
      }
    }
  });
});
