import { describe, expect, test } from 'vitest';
import { rowCountOf, takeRows } from '../../lib/data/takeRows.js';
import { type Inputs, matrix } from '../../lib/index.js';

const wanted = Uint32Array.of(0, 2, 3);
const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);

describe('rows of data', () => {
  test.each<[string, Inputs, Inputs]>([
    [
      'a list',
      [[0, 1], [2, 3], Float32Array.of(4, 5), [6, 7]],
      [[0, 1], Float32Array.of(4, 5), [6, 7]],
    ],
    ['a flat array', Float32Array.from(bytes), Float32Array.of(0, 1, 4, 5, 6, 7)],
    ['doubles', Float64Array.from(bytes), Float64Array.of(0, 1, 4, 5, 6, 7)],
    [
      'a matrix with its scale',
      matrix(bytes, 4, 2, { scale: 0.5 }),
      matrix(Uint8Array.of(0, 1, 4, 5, 6, 7), 3, 2, { scale: 0.5 }),
    ],
  ])('are counted and taken from %s', (_, inputs, taken) => {
    expect(rowCountOf(inputs, 2)).toBe(4);
    expect(takeRows(inputs, wanted, 2)).toEqual(taken);
  });

  test.each([
    ['names', ['a', 'b', 'c', 'd'], ['a', 'c', 'd']],
    ['classes', Int32Array.of(3, 2, 1, 0), Int32Array.of(3, 1, 0)],
    ['numbers', Float32Array.of(3, 2, 1, 0), Float32Array.of(3, 1, 0)],
    [
      'rows',
      [
        [1, 0],
        [0, 1],
        [1, 1],
        [0, 0],
      ],
      [
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ],
    ['a matrix', matrix(bytes, 4, 2), matrix(Uint8Array.of(0, 1, 4, 5, 6, 7), 3, 2)],
  ])('go with their targets (%s) and weights', (_, targets, taken) => {
    const data = { inputs: matrix(bytes, 4, 2), targets, weights: [1, 2, 3, 4], classes: ['x'] };
    expect(rowCountOf(data, 2)).toBe(4);
    expect(takeRows(data, wanted, 2)).toEqual({
      inputs: matrix(Uint8Array.of(0, 1, 4, 5, 6, 7), 3, 2),
      targets: taken,
      weights: [1, 3, 4],
      classes: ['x'],
    });
  });

  test('are copies', () => {
    const values = Float32Array.from(bytes);
    takeRows(values, wanted, 2).fill(9);
    expect([...values]).toEqual([...bytes]);
  });

  test('are copies of Buffers too, whose own slice gives a view', () => {
    const pixels = Buffer.from(bytes);
    const labels = Buffer.from([0, 1, 0, 1]);
    const taken = takeRows({ inputs: matrix(pixels, 4, 2), targets: labels }, wanted, 2);
    expect(taken).toEqual({
      inputs: matrix(Uint8Array.of(0, 1, 4, 5, 6, 7), 3, 2),
      targets: Uint8Array.of(0, 0, 1),
    });
    expect([[...pixels], [...labels]]).toEqual([[...bytes], [0, 1, 0, 1]]);
  });

  test('are taken of labels in any typed array', () => {
    for (const labels of [Int8Array.of(3, 2, 1, 0), Uint16Array.of(3, 2, 1, 0)]) {
      const { targets } = takeRows({ inputs: matrix(bytes, 4, 2), targets: labels }, wanted, 2);
      expect([...targets]).toEqual([3, 1, 0]);
      expect(targets).toBeInstanceOf(labels.constructor);
    }
  });

  test.each([
    [undefined, 'data: expected a matrix'],
    [{ inputs: undefined }, 'data.inputs: expected a matrix'],
    [
      { inputs: [[1, 2]], targets: null },
      'data.targets: expected 1, one for each row of the inputs, received null.',
    ],
    [{ inputs: [[1, 2]], weights: 5 }, 'data.weights: expected 1'],
  ])('are refused where there are none: %o', (data, message) => {
    expect(() => takeRows(data as never, Uint32Array.of(0), 2)).toThrow(message);
  });

  test('are refused with other numbers of targets or weights', () => {
    const inputs = matrix(bytes, 4, 2);
    expect(() => takeRows({ inputs, targets: [1, 2, 3] }, wanted, 2)).toThrow(
      'data.targets: expected 4, one for each row of the inputs, received 3.',
    );
    expect(() => takeRows({ inputs, weights: [1] }, wanted, 2)).toThrow('data.weights: expected 4');
  });
});
