import { describe, expect, test } from 'vitest';
import { type TargetRule, targetSource } from '../../lib/data/targets.js';
import { ArgumentError, DataError, matrix, ShapeError } from '../../lib/index.js';
import type { LossName } from '../../lib/network/generated.js';
import { lossRowOf } from '../../lib/network/losses.js';

const rule = (
  loss: LossName,
  rows: number,
  outputSize: number,
  classes?: string[],
): TargetRule => ({
  loss: lossRowOf({ type: loss }),
  rows,
  outputSize,
  classes,
  path: 'targets',
  classesPath: 'classes',
});

const read = (targets: unknown, given: TargetRule) => {
  const source = targetSource(targets, given);
  const values: number[] = [];
  for (let start = 0; start < given.rows; start += source.rowsPerSlice) {
    values.push(...source.slice(start, Math.min(given.rows, start + source.rowsPerSlice)));
  }
  return { target: source.target, columns: source.targetColumns, values };
};

describe('classes', () => {
  const expected = { target: 'classes', columns: 3, values: [2, 0, 1] };

  test.each([
    ['numbers', [2, 0, 1]],
    ['an Int32Array', new Int32Array([2, 0, 1])],
    ['a Uint8Array', new Uint8Array([2, 0, 1])],
    ['a Float32Array', new Float32Array([2, 0, 1])],
    ['a Float64Array', new Float64Array([2, 0, 1])],
    ['an Int8Array', new Int8Array([2, 0, 1])],
    ['an Int16Array', new Int16Array([2, 0, 1])],
    ['a Uint16Array', new Uint16Array([2, 0, 1])],
    ['a Uint32Array', new Uint32Array([2, 0, 1])],
    ['a Uint8ClampedArray', new Uint8ClampedArray([2, 0, 1])],
    ['a Buffer', Buffer.from([2, 0, 1])],
  ])('may be %s', (_, targets) => {
    expect(read(targets, rule('crossEntropy', 3, 3))).toEqual(expected);
  });

  test('may be booleans, for two classes and for one sigmoid', () => {
    const targets = [true, false, true];
    expect(read(targets, rule('crossEntropy', 3, 2)).values).toEqual([1, 0, 1]);
    expect(read(targets, rule('binaryCrossEntropy', 3, 1))).toMatchObject({
      target: 'matrix',
      values: [1, 0, 1],
    });
  });

  test.each([
    [[true, 1], 'targets[1]: expected true or false, as the first one, received 1. Write 0 and 1'],
    [[1, true], 'targets[1]: expected a number, received true. Write 0 and 1.'],
    [
      [1n, 0n],
      'targets[0]: expected a number, received 1n (bigint). Convert BigInts with Number().',
    ],
    [
      new BigInt64Array(2),
      'received a BigInt64Array of 2. Write Int32Array.from(targets, Number).',
    ],
  ])('are refused where they are mixed or BigInts, %o', (targets, message) => {
    expect(() => read(targets, rule('crossEntropy', 2, 2))).toThrow(message);
  });

  test('are refused when their memory goes while they are copied', () => {
    const targets = new Int32Array(4);
    const source = targetSource(targets, rule('crossEntropy', 4, 2));
    structuredClone(targets.buffer, { transfer: [targets.buffer] });
    expect(() => source.slice(0, 2)).toThrow(
      'targets: expected 4 values, as in the beginning, received 0.',
    );
  });

  test('may be names', () => {
    const names = rule('crossEntropy', 3, 3, ['a', 'b', 'c']);
    expect(read(['c', 'a', 'b'], names)).toEqual(expected);
  });

  test('may be two names for one sigmoid', () => {
    const names = rule('binaryCrossEntropy', 3, 1, ['no', 'yes']);
    expect(read(['yes', 'no', 'yes'], names)).toEqual({
      target: 'matrix',
      columns: 1,
      values: [1, 0, 1],
    });
  });

  test('may be one-hot rows', () => {
    expect(
      read(
        [
          [0, 1],
          [1, 0],
        ],
        rule('crossEntropy', 2, 2),
      ),
    ).toEqual({
      target: 'matrix',
      columns: 2,
      values: [0, 1, 1, 0],
    });
  });

  test.each([
    [['a', 'd'], ['a', 'b'], DataError, 'targets[1]', '"d"'],
    [['a', 1], ['a', 'b'], DataError, 'targets[1]', '1'],
    [['a', 'b'], undefined, ArgumentError, 'classes', 'nothing'],
    [['a', 1n], undefined, ArgumentError, 'classes', 'nothing'],
    [['a', 'b'], ['a', 'a'], ArgumentError, 'classes', "'a' twice"],
    [['a', 'b'], ['a', 'b', 'c'], ShapeError, 'classes', '3'],
    [['a', 'b'], 'ab', ArgumentError, 'classes', '"ab"'],
    [[0, 'b'], ['a', 'b'], DataError, 'targets[1]', '"b"'],
    [[0, null], undefined, DataError, 'targets[1]', 'null'],
    [[0], undefined, ShapeError, 'targets', '1'],
    [undefined, undefined, ArgumentError, 'targets', 'undefined'],
  ])('refuse %o with the classes %o', (targets, classes, Class, path, received) => {
    const attempt = () => read(targets, rule('crossEntropy', 2, 2, classes as string[]));
    expect(attempt).toThrow(Class);
    expect(attempt).toThrow(expect.objectContaining({ path, received }));
  });

  test('say which list would do when there is none', () => {
    const attempt = () => read(['x', 'y', 'x'], rule('crossEntropy', 3, 2));
    expect(attempt).toThrow('Add classes: ["x", "y"].');
  });
});

describe('numbers', () => {
  test.each([
    ['numbers', [0.5, -1]],
    ['a Float32Array', new Float32Array([0.5, -1])],
    ['a Float64Array', new Float64Array([0.5, -1])],
    ['rows', [[0.5], [-1]]],
    ['a matrix', matrix(new Float32Array([0.5, -1]), 2, 1)],
    ['a scaled matrix', matrix(new Float32Array([1, -2]), 2, 1, { scale: 0.5 })],
  ])('may be %s', (_, targets) => {
    expect(read(targets, rule('meanSquaredError', 2, 1))).toEqual({
      target: 'matrix',
      columns: 1,
      values: [0.5, -1],
    });
  });

  test('may be bytes', () => {
    const bytes = matrix(new Uint8Array([0, 255]), 1, 2, { scale: 2, offset: 1 });
    expect(read(bytes, rule('meanSquaredError', 1, 2)).values).toEqual([1, 511]);
    expect(read(new Int32Array([5, -6]), rule('meanSquaredError', 2, 1)).values).toEqual([5, -6]);
  });

  test('have as many rows as the inputs', () => {
    const attempt = () => read([[1], [2], [3]], rule('meanSquaredError', 2, 1));
    expect(attempt).toThrow('targets: expected 2 rows, as many as the inputs, received 3.');
  });

  test('need rows for several outputs', () => {
    const given = rule('meanSquaredError', 2, 3);
    expect(() => read([1, 2], given)).toThrow(/crossEntropy/);
    expect(() => read(new Float32Array(6), given)).toThrow(/matrix\(targets, 2, 3\)/);
  });
});

describe('probabilities', () => {
  test.each([
    [[0, 1.5], 'targets[1]', '1.5'],
    [[-0.1, 1], 'targets[0]', '-0.1'],
    [[Number.NaN, 1], 'targets[0]', 'NaN'],
  ])('are from 0 to 1: %o', (targets, path, received) => {
    const attempt = () => read(targets, rule('binaryCrossEntropy', 2, 1));
    expect(attempt).toThrow(DataError);
    expect(attempt).toThrow(expect.objectContaining({ path, received }));
  });

  test('name the column', () => {
    const attempt = () =>
      read(
        [
          [0, 1],
          [0, 2],
        ],
        rule('binaryCrossEntropy', 2, 2),
      );
    expect(attempt).toThrow(expect.objectContaining({ path: 'targets[1][1]' }));
  });

  test('of classes sum to 1', () => {
    const soft = rule('crossEntropy', 1, 2);
    expect(read([[0.25, 0.75]], soft).values).toEqual([0.25, 0.75]);
    expect(() => read([[0.25, 0.5]], soft)).toThrow(/a sum of 0.75/);
  });
});
