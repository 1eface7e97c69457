/** Predictions on the thread of the caller, into arrays of the caller. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  activation,
  batchNorm,
  DataError,
  dense,
  dropout,
  embedding,
  type Inputs,
  layerNorm,
  matrix,
  maxout,
  multiOutput,
  prelu,
  residual,
  ShapeError,
  scaling,
  sequential,
} from '../../lib/index.js';

const inputSize = 4;
const outputSize = 3;
const model = sequential(
  [dense(16, { activation: 'relu' }), dense(outputSize, { activation: 'softmax' })],
  { inputSize, seed: 1 },
);
const square = sequential([dense(inputSize, { activation: 'tanh' })], { inputSize, seed: 2 });

const numbers = (rows: number) =>
  Float32Array.from({ length: rows * inputSize }, (_, i) => Math.sin(i + 1));
const arrayFor = (rows: number) => new Float32Array(rows * outputSize).fill(Number.NaN);

describe('output', () => {
  test.each([1, 2, 7, 8, 9, 300])('of %i rows is filled and returned', (rows) => {
    const inputs = numbers(rows);
    const output = arrayFor(rows);
    const result = model.predictSync(inputs, { output });
    expect(result.values).toBe(output);
    expect(result).toEqual({ values: model.predictSync(inputs).values, rows, columns: outputSize });
  });

  test('is filled from every form of inputs', () => {
    const values = numbers(2);
    const bytes = Uint8Array.from(values, (_, i) => i * 30);
    const forms: Inputs[] = [
      Float64Array.from(values),
      [[...values.subarray(0, 4)], values.subarray(4)],
      matrix(values, 2, inputSize),
      matrix(values, 2, inputSize, { scale: 0.5 }),
      matrix(bytes, 2, inputSize, { scale: 1 / 255 }),
    ];
    for (const inputs of forms) {
      const output = arrayFor(2);
      expect(model.predictSync(inputs, { output }).values).toBe(output);
      expect(output).toEqual(model.predictSync(inputs).values);
    }
  });

  test('may lie in the middle of a buffer, and in shared memory', () => {
    const expected = model.predictSync(numbers(2)).values;
    const all = new Float32Array(20).fill(9);
    model.predictSync(numbers(2), { output: all.subarray(7, 13) });
    expect(all.subarray(7, 13)).toEqual(expected);
    expect([...all.subarray(0, 7), ...all.subarray(13)]).toEqual(Array(14).fill(9));
    const shared = new Float32Array(new SharedArrayBuffer(24));
    Reflect.apply(model.predictSync, model, [numbers(2), { output: shared }]);
    expect(new Float32Array(shared)).toEqual(expected);
  });

  test('may overlap the inputs, whatever their form and distance', () => {
    const rows = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(rows, fc.integer({ min: -40, max: 40 }), fc.boolean(), (count, shift, isFlat) => {
        const memory = new Float32Array(count * inputSize + 80);
        const inputs = memory.subarray(40, 40 + count * inputSize);
        inputs.set(numbers(count));
        const output = memory.subarray(40 + shift, 40 + shift + count * inputSize);
        const expected = square.predictSync(inputs).values;
        const given = isFlat
          ? inputs
          : Array.from({ length: count }, (_, row) => inputs.subarray(row * 4, row * 4 + 4));
        square.predictSync(given, { output });
        expect(output).toEqual(expected);
      }),
    );
  });

  const wrong: [
    name: string,
    output: unknown,
    expected: typeof ArgumentError | typeof ShapeError,
  ][] = [
    ['null', null, ArgumentError],
    ['a list', [0, 0, 0], ArgumentError],
    ['a Float64Array', new Float64Array(3), ArgumentError],
    ['a matrix', { values: new Float32Array(3), rows: 1, columns: 3 }, ArgumentError],
    ['one too short', new Float32Array(2), ShapeError],
    ['one too long', new Float32Array(4), ShapeError],
  ];
  test.each(wrong)('%s is refused', (_, output, expected) => {
    const call = () => Reflect.apply(model.predictSync, model, [numbers(1), { output }]);
    expect(call).toThrow(expected);
    expect(call).toThrow(expect.objectContaining({ path: 'output' }));
  });

  test('a detached one is refused', () => {
    const output = new Float32Array(3);
    structuredClone(output.buffer, { transfer: [output.buffer] });
    expect(() => model.predictSync(numbers(1), { output })).toThrow(ShapeError);
  });

  test('one that lies about its length is refused', () => {
    class Liar extends Float32Array {
      override get length(): number {
        return outputSize;
      }
    }
    const output = new Liar(2) as never;
    for (const inputs of [numbers(1), [[...numbers(1)]]]) {
      expect(() => model.predictSync(inputs, { output })).toThrow(ShapeError);
    }
  });

  test('one whose memory is taken away while the inputs are read is refused', () => {
    const output = new Float32Array(outputSize);
    const row = Object.defineProperty([0, 0, 0, 0], 2, {
      get: () => structuredClone(3, { transfer: [output.buffer] }),
    });
    const call = () => model.predictSync([row], { output });
    expect(call).toThrow(ShapeError);
    expect(call).toThrow(expect.objectContaining({ path: 'output', received: '0' }));
  });

  test('is as it was when the inputs are refused', () => {
    const output = arrayFor(300).fill(9);
    const inputs = numbers(300);
    inputs[1001] = Number.NaN;
    for (const given of [inputs, Float64Array.from(inputs)]) {
      const call = () => model.predictSync(given, { output });
      expect(call).toThrow(DataError);
      expect(call).toThrow(expect.objectContaining({ path: 'inputs[250][1]', received: 'NaN' }));
    }
    expect(() => model.predictSync(new Float32Array(5), { output })).toThrow(ShapeError);
    expect(output).toEqual(arrayFor(300).fill(9));
  });
});

test('other options are refused, not passed over', () => {
  const heads = { a: dense(1), b: dense(2) };
  const several = multiOutput([dense(2)], heads, { inputSize, seed: 1 });
  for (const call of [
    () => Reflect.apply(model.predictSync, model, [numbers(1), { threads: 1 }]),
    () => Reflect.apply(model.predictSync, model, [numbers(1), 3]),
    () => Reflect.apply(several.predictSync, several, [numbers(1), { output: arrayFor(1) }]),
  ]) {
    expect(call).toThrow(ArgumentError);
  }
});

describe('bf16', () => {
  const ordinary = sequential(
    [
      layerNorm(),
      dense(70, { activation: 'relu' }),
      batchNorm(),
      activation('tanh'),
      residual([dense(40, { activation: 'relu' }), dropout(), dense(70)]),
      prelu(),
      maxout(33),
      scaling(),
      dense(outputSize, { activation: 'softmax' }),
    ],
    { inputSize, seed: 3 },
  );
  const columns = [{ input: 0, levels: 5, units: 6 }];
  const levels = sequential([embedding({ columns }), dense(40), dense(outputSize)], {
    inputSize,
    seed: 4,
  });
  const levelRows = (rows: number) => numbers(rows).map((value, i) => (i % 4 === 0 ? 2 : value));

  test('gives the rows of predict, one by one and together', async () => {
    for (const [predictor, inputs] of [
      [ordinary, numbers(11)],
      [levels, levelRows(11)],
    ] as const) {
      const { values } = await predictor.predict(inputs, { precision: 'bf16' });
      expect(predictor.predictSync(inputs, { precision: 'bf16' }).values).toEqual(values);
      for (let row = 0; row < 11; row++) {
        for (const count of [1, 2]) {
          if (row + count > 11) continue;
          const some = inputs.subarray(row * inputSize, (row + count) * inputSize);
          const predicted = predictor.predictSync(some, { precision: 'bf16' }).values;
          expect(predicted).toEqual(values.subarray(row * outputSize, (row + count) * outputSize));
        }
      }
    }
  });

  test('is close to single precision, and not it', () => {
    const exact = ordinary.predictSync(numbers(50)).values;
    const rounded = ordinary.predictSync(numbers(50), { precision: 'bf16' }).values;
    const errors = exact.map((value, i) => Math.abs(value - (rounded[i] as number)));
    expect(Math.max(...errors)).toBeGreaterThan(0);
    expect(Math.max(...errors)).toBeLessThan(0.02);
    expect(ordinary.predictSync(numbers(50), { precision: 'float32' }).values).toEqual(exact);
  });

  test('takes new weights at the next call', () => {
    const changed = sequential([dense(outputSize)], { inputSize, seed: 5 });
    const before = changed.predictSync(numbers(1), { precision: 'bf16' }).values;
    changed.setParameter('0.bias', new Float32Array(outputSize).fill(8));
    const after = changed.predictSync(numbers(1), { precision: 'bf16' }).values;
    expect(after).toEqual(before.map((value) => Math.fround(value + 8)));
    changed.setParameter('0.weight', new Float32Array(inputSize * outputSize));
    expect([...changed.predictSync(numbers(1), { precision: 'bf16' }).values]).toEqual([8, 8, 8]);
  });

  test('is an option of models with several outputs too', async () => {
    const heads = { a: dense(1), b: dense(2) };
    const several = multiOutput([dense(40)], heads, { inputSize, seed: 1 });
    const all = await several.predict(numbers(3), { precision: 'bf16' });
    expect(several.predictSync(numbers(3), { precision: 'bf16' })).toEqual(all);
  });

  test('another precision is refused', () => {
    const call = () => Reflect.apply(model.predictSync, model, [numbers(1), { precision: 'half' }]);
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(expect.objectContaining({ path: 'precision', received: '"half"' }));
  });
});

test('more rows than are cut off at a time give what they give one by one', () => {
  const rows = 70_000;
  const inputs = numbers(rows);
  const all = model.predictSync(inputs).values;
  expect(model.predictSync(Float64Array.from(inputs)).values).toEqual(all);
  const output = new Float32Array(outputSize);
  for (let row = 0; row < rows; row += 6999) {
    model.predictSync(inputs.subarray(row * inputSize, (row + 1) * inputSize), { output });
    expect(output).toEqual(all.subarray(row * outputSize, (row + 1) * outputSize));
  }
});

test('steps of a loop by hand are seen at once', () => {
  const learner = sequential([dense(1)], { inputSize: 1, seed: 1 });
  const output = new Float32Array(1);
  const before = learner.predictSync(Float32Array.of(1), { output }).values[0];
  const trainer = learner.trainer({ optimizer: { type: 'sgd', learningRate: 0.1 }, batchSize: 1 });
  trainer.forward([[1]]);
  trainer.backward(new Float32Array([1]));
  trainer.step();
  expect(learner.predictSync(Float32Array.of(1), { output }).values[0]).not.toBe(before);
});
