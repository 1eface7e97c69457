import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { rowSource } from '../../lib/data/matrix.js';
import { ArgumentError, DataError, matrix, ShapeError } from '../../lib/index.js';

const read = (inputs: unknown, columns: number) => {
  const source = rowSource(inputs, columns, 'inputs');
  const values: number[] = [];
  for (let start = 0; start < source.rows; start += source.rowsPerSlice) {
    values.push(...source.slice(start, Math.min(source.rows, start + source.rowsPerSlice)));
  }
  return { rows: source.rows, columns: source.columns, values };
};

describe('inputs', () => {
  const expected = { rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6] };

  test.each([
    ['a flat Float32Array', new Float32Array([1, 2, 3, 4, 5, 6])],
    ['a flat Float64Array', new Float64Array([1, 2, 3, 4, 5, 6])],
    ['a matrix', matrix(new Float32Array([1, 2, 3, 4, 5, 6]), 2, 3)],
    ['a plain object', { values: new Float64Array([1, 2, 3, 4, 5, 6]), rows: 2, columns: 3 }],
    ['bytes', matrix(new Uint8Array([1, 2, 3, 4, 5, 6]), 2, 3)],
    ['a Buffer', matrix(Buffer.from([1, 2, 3, 4, 5, 6]), 2, 3)],
    ['a part of an array', new Float32Array([0, 1, 2, 3, 4, 5, 6]).subarray(1)],
    [
      'scaled floats',
      matrix(new Float32Array([0, 2, 4, 6, 8, 10]), 2, 3, { scale: 0.5, offset: 1 }),
    ],
    [
      'arrays',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    ['rows of several types', [new Float32Array([1, 2, 3]), [4, 5, 6]]],
    ['an object of another realm', runInNewContext('({ rows: 2, columns: 3 })', {})],
  ])('may be %s', (_, inputs) => {
    const values = new Float32Array([1, 2, 3, 4, 5, 6]);
    const isForeign = !Array.isArray(inputs) && !('values' in inputs) && 'rows' in inputs;
    expect(read(isForeign ? Object.assign(inputs, { values }) : inputs, 3)).toEqual(expected);
  });

  test('keep bytes as bytes, with their scale', () => {
    const source = rowSource(matrix(new Uint8Array(4), 2, 2, { scale: 1 / 255 }), 2, 'inputs');
    expect(source).toMatchObject({ inputType: 'uint8', scale: 1 / 255, offset: 0 });
  });

  test('are cut into slices that cover every row once', () => {
    const rows = 1000;
    const columns = 700;
    const values = Float64Array.from({ length: rows * columns }, (_, index) => index);
    const nested = Array.from({ length: rows }, (_, row) =>
      values.subarray(row * columns, (row + 1) * columns),
    );
    const forms = [values, nested, matrix(values, rows, columns, { scale: 2, offset: 1 })];
    for (const [index, inputs] of forms.entries()) {
      const source = rowSource(inputs, columns, 'inputs');
      expect(source.rowsPerSlice).toBeLessThan(rows);
      let next = index === 2 ? 1 : 0;
      const step = index === 2 ? 2 : 1;
      let isInOrder = true;
      for (let start = 0; start < rows; start += source.rowsPerSlice) {
        const slice = source.slice(start, Math.min(rows, start + source.rowsPerSlice));
        for (const value of slice) {
          isInOrder &&= value === next;
          next += step;
        }
      }
      expect(isInOrder).toBe(true);
      expect(next).toBe(rows * columns * step + (index === 2 ? 1 : 0));
    }
  });

  test.each([
    [new Float32Array(0), DataError, 'inputs', 'no rows'],
    [[], DataError, 'inputs', 'no rows'],
    [{ values: new Float32Array(0), rows: 0, columns: 3 }, DataError, 'inputs', 'no rows'],
    [new Float32Array(7), ShapeError, 'inputs', '7 values, which is 2.33 rows'],
    [matrix(new Float32Array(4), 2, 2), ShapeError, 'inputs.columns', '2'],
    [{ values: new Float32Array(5), rows: 2, columns: 3 }, ShapeError, 'inputs.values', '5'],
    [{ values: [1, 2, 3], rows: 1, columns: 3 }, ArgumentError, 'inputs.values', 'an array of 3'],
    [{ values: new Float32Array(3), rows: 1.5, columns: 3 }, ArgumentError, 'inputs.rows', '1.5'],
    [
      { values: new Float32Array(3), rows: 1, columns: 3, scale: Number.NaN },
      ArgumentError,
      'inputs.scale',
      'NaN',
    ],
    [
      { values: new Float32Array(3), rows: 1, columns: 3, scal: 2 },
      ArgumentError,
      'inputs.scal',
      'an unknown option',
    ],
    [new Uint8Array(3), ArgumentError, 'inputs', 'a Uint8Array of 3'],
    [undefined, ArgumentError, 'inputs', 'undefined'],
    ['1,2,3', ArgumentError, 'inputs', '"1,2,3"'],
    [
      [
        [1, 2, 3],
        [4, 5],
      ],
      ShapeError,
      'inputs[1]',
      '2',
    ],
    [[[1, 2, 3], 4], DataError, 'inputs[1]', '4'],
    [[[1, 2, 3], null], DataError, 'inputs[1]', 'null'],
    [
      [
        [1, 2, 3],
        [4, '5', 6],
      ],
      DataError,
      'inputs[1][1]',
      '"5"',
    ],
    [[[1, undefined, 3]], DataError, 'inputs[0][1]', 'undefined'],
    // biome-ignore lint/suspicious/noSparseArray: holes have to be found
    [[[1, , 3]], DataError, 'inputs[0][1]', 'undefined'],
  ])('refuse %o', (inputs, Class, path, received) => {
    const attempt = () => read(inputs, 3);
    expect(attempt).toThrow(Class);
    expect(attempt).toThrow(expect.objectContaining({ path, received }));
  });
});

describe('matrix', () => {
  test('checks its shape at once', () => {
    expect(() => matrix(new Float32Array(5), 2, 3)).toThrow(
      'matrix.values: expected 2 x 3 = 6 values, received 5.',
    );
    expect(() => matrix(new Float32Array(6), 2, 3, { scal: 1 } as never)).toThrow(
      /matrix\.scal: .*Did you mean 'scale'\?/,
    );
  });
});
