import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  activation,
  batchNorm,
  DataError,
  dense,
  lsuv,
  matrix,
  residual,
  ShapeError,
  sequential,
} from '../../lib/index.js';

const rows = 200;
const inputSize = 12;
const inputs = matrix(
  Float32Array.from({ length: rows * inputSize }, (_, i) => 3 * Math.sin(i * 12.9898) + 0.5),
  rows,
  inputSize,
);

function variance(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

const layers = [
  dense(30, { activation: 'relu' }),
  batchNorm(),
  dense(30, { activation: 'tanh', bias: false }),
  dense(20),
  activation('gelu'),
  dense(5, { biasInitializer: { type: 'constant', value: 0.5 } }),
] as const;

describe('lsuv', () => {
  test('gives the outputs of every dense layer variance 1', async () => {
    const model = sequential(layers, { inputSize, seed: 2 });
    const records = await lsuv(model, inputs);
    expect(records.map(({ layer }) => layer)).toEqual([0, 2, 3, 5]);
    for (const record of records) {
      expect(Math.abs(record.variance - 1)).toBeLessThanOrEqual(0.01);
      expect(record.iterations).toBeLessThanOrEqual(3);
    }
    expect(records[0]?.varianceBefore).toBeGreaterThan(1.5);
    // Measured from outside: the model ends with a dense layer without an activation.
    expect(Math.abs(variance(model.predictSync(inputs).values) - 1)).toBeLessThanOrEqual(0.011);
  });

  test('leaves weights that are a multiple of orthonormal ones, and biases alone', async () => {
    const model = sequential(layers, { inputSize, seed: 2 });
    await lsuv(model, inputs);
    const weights = model.getParameter('7.weight');
    const row = (i: number) => weights.subarray(20 * i, 20 * i + 20);
    const dot = (i: number, j: number) =>
      row(i).reduce((sum, value, k) => sum + value * (row(j)[k] ?? 0), 0);
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < i; j++) expect(dot(i, j)).toBeCloseTo(0, 4);
      expect(dot(i, i) / dot(0, 0)).toBeCloseTo(1, 4);
    }
    expect([...model.getParameter('7.bias')]).toEqual(Array(5).fill(0.5));
  });

  test('goes into residual blocks', async () => {
    const block = residual(
      [dense(9, { activation: 'relu' }), residual([batchNorm(), dense(9)]), dense(7)],
      { projection: true },
    );
    const model = sequential([dense(12, { activation: 'tanh' }), block, dense(3)], {
      inputSize,
      seed: 2,
    });
    const projection = model.getParameter('2.projection.weight');
    const records = await lsuv(model, inputs);
    expect(records.map(({ layer, path }) => [layer, path])).toEqual([
      [0, 'layers[0]'],
      [1, 'layers[1].layers[0]'],
      [1, 'layers[1].layers[1].layers[1]'],
      [1, 'layers[1].layers[2]'],
      [2, 'layers[2]'],
    ]);
    for (const record of records) expect(Math.abs(record.variance - 1)).toBeLessThanOrEqual(0.01);
    expect(Math.abs(variance(model.predictSync(inputs).values) - 1)).toBeLessThanOrEqual(0.011);
    expect(model.getParameter('2.projection.weight')).toEqual(projection);
  });

  test('gives the same weights again for the same seed', async () => {
    const weights = async (seed: number) => {
      const model = sequential(layers, { inputSize, seed });
      await lsuv(model, inputs);
      return model.getParameter('3.weight');
    };
    expect(await weights(2)).toEqual(await weights(2));
    expect(await weights(2)).not.toEqual(await weights(3));
  });

  test('refuses what it cannot use', async () => {
    const model = sequential(layers, { inputSize });
    await expect(lsuv(model, inputs, { tolerance: 0 })).rejects.toThrow(ArgumentError);
    await expect(lsuv(model, inputs, { maxIterations: 0 })).rejects.toThrow('maxIterations');
    await expect(lsuv(model, inputs, { tol: 1 } as object)).rejects.toThrow('tol');
    await expect(lsuv(model, matrix(new Float32Array(9), 3, 3))).rejects.toThrow(ShapeError);
    const constant = matrix(new Float32Array(2 * inputSize), 2, inputSize);
    const refused = lsuv(model, constant);
    await expect(refused).rejects.toThrow(DataError);
    await expect(refused).rejects.toThrow('layers[0]');
  });
});
