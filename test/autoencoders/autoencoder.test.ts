import { describe, expect, test } from 'vitest';
import { undercompleteRecipe } from '../../lib/autoencoders/undercomplete.js';
import {
  ArgumentError,
  autoencoder,
  DataError,
  type Inputs,
  matrix,
  ShapeError,
} from '../../lib/index.js';
import { randomNumbers } from '../model/data.js';

/** Rows of six columns that follow from two hidden numbers. */
function planarRows(rows: number): Float32Array<ArrayBuffer> {
  const random = randomNumbers(8);
  const values = new Float32Array(rows * 6);
  for (let row = 0; row < rows; row++) {
    const [a, b] = [random() - 0.5, random() - 0.5];
    values.set([a, b, a + b, a - b, 2 * a, 0.5 * b], row * 6);
  }
  return values;
}

describe('the recipe', () => {
  test('mirrors the encoder', () => {
    const { spec, codeLayer } = undercompleteRecipe({
      inputSize: 784,
      hidden: [256, 128],
      code: 32,
      outputActivation: 'sigmoid',
      seed: 5,
    });
    const layers = spec.layers.map((layer) => [
      'units' in layer ? layer.units : 0,
      'activation' in layer ? layer.activation.type : '',
    ]);
    expect(layers).toEqual([
      [256, 'relu'],
      [128, 'relu'],
      [32, 'linear'],
      [128, 'relu'],
      [256, 'relu'],
      [784, 'sigmoid'],
    ]);
    expect(codeLayer).toBe(2);
    expect(spec.seed).toBe(5);
  });

  test('needs no hidden layers', () => {
    const { spec, codeLayer } = undercompleteRecipe({ inputSize: 3, code: 1 });
    expect(spec.layers).toHaveLength(2);
    expect(codeLayer).toBe(0);
  });

  test.each([
    [{ inputSize: 3 }, 'code'],
    [{ code: 3 }, 'inputSize'],
    [{ inputSize: 3, code: 0 }, 'code'],
    [{ inputSize: 3, code: 1, hidden: [2, 0] }, 'hidden[1]'],
    [{ inputSize: 3, code: 1, hidden: 2 }, 'hidden'],
    [{ inputSize: 3, code: 1, activation: 'x' }, 'activation'],
    [{ inputSize: 3, code: 1, codeActivation: { type: 'relu', a: 1 } }, 'codeActivation.a'],
    [{ inputSize: 3, code: 1, seed: -1 }, 'seed'],
    [{ inputSize: 3, code: 1, units: 1 }, 'units'],
    [undefined, 'options'],
  ])('refuses %o', (options, path) => {
    const attempt = () => undercompleteRecipe(options);
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(expect.objectContaining({ path }));
  });
});

describe('an autoencoder', () => {
  const rows = planarRows(200);

  test('learns to give back what a narrow code can hold', async () => {
    const model = autoencoder({ inputSize: 6, code: 2, seed: 1 });
    const before = await model.reconstructionErrors(rows);
    const history = await model.fit(rows, {
      epochs: 100,
      optimizer: { type: 'adam', learningRate: 0.02 },
      validation: 0.1,
    });
    const after = await model.reconstructionErrors(rows);
    const mean = (values: Float32Array) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(after.perRow)).toBeLessThan(mean(before.perRow) / 100);
    expect(history.epochs.at(-1)?.validation?.loss).toBeLessThan(0.01);
    const { loss } = await model.evaluate(rows);
    expect(loss).toBeCloseTo(mean(after.perRow), 5);
  });

  test('finds rows that are unlike the others', async () => {
    const model = autoencoder({ inputSize: 6, code: 2, seed: 1 });
    await model.fit(rows, { epochs: 100, optimizer: { type: 'adam', learningRate: 0.02 } });
    const odd = [[0.3, -0.2, 0.4, -0.5, -0.6, 0.7]];
    const usual = await model.reconstructionErrors(rows);
    const strange = await model.reconstructionErrors(odd);
    expect(strange.perRow[0]).toBeGreaterThan(Math.max(...usual.perRow));
  });

  test('reconstructs what it decodes from the code', async () => {
    const model = autoencoder({ inputSize: 6, hidden: [5, 4], code: 3, codeActivation: 'tanh' });
    const code = await model.encode(rows);
    expect(code).toMatchObject({ rows: 200, columns: 3 });
    expect(model.codeSize).toBe(3);
    expect(await model.decode(code)).toEqual(await model.reconstruct(rows));
    expect(await model.decode(code.values)).toEqual(await model.reconstruct(rows));
  });

  test('measures errors per row, per feature and per value', async () => {
    const model = autoencoder({ inputSize: 6, code: 2, seed: 2 });
    const outputs = await model.reconstruct(rows);
    const result = await model.reconstructionErrors(rows, { matrix: true, threads: 2 });
    expect(result).toMatchObject({ rows: 200, columns: 6 });
    const squares = outputs.values.map((value, index) => (value - (rows[index] as number)) ** 2);
    const meanOf = (indices: number[]) =>
      indices.reduce((sum, index) => sum + (squares[index] as number), 0) / indices.length;
    for (const index of [0, 7, 1199])
      expect(result.values[index]).toBeCloseTo(squares[index] ?? 0, 6);
    const row = Array.from({ length: 6 }, (_, column) => 13 * 6 + column);
    expect(result.perRow[13]).toBeCloseTo(meanOf(row), 6);
    const feature = Array.from({ length: 200 }, (_, index) => index * 6 + 4);
    expect(result.perFeature[4]).toBeCloseTo(meanOf(feature), 6);
    expect(await model.reconstructionErrors(rows)).not.toHaveProperty('values');
  });

  test('measures many chunks as one', async () => {
    const model = autoencoder({ inputSize: 600, code: 2 });
    const large = Float32Array.from({ length: 600 * 4000 }, randomNumbers(4));
    const { perRow } = await model.reconstructionErrors(large);
    for (const row of [0, 1747, 1748, 3999]) {
      const alone = await model.reconstructionErrors(large.subarray(600 * row, 600 * (row + 1)));
      expect(perRow[row]).toBeCloseTo(alone.perRow[0] ?? 0, 5);
    }
  });

  test('learns from bytes as from floats', async () => {
    const random = randomNumbers(6);
    const bytes = Uint8Array.from({ length: 50 * 4 }, () => random() * 256);
    const options = { epochs: 3 };
    const build = () => autoencoder({ inputSize: 4, code: 2, outputActivation: 'sigmoid' });
    const [a, b] = [build(), build()];
    const fromBytes = await a.fit(matrix(bytes, 50, 4, { scale: 1 / 255 }), options);
    const floats = Float32Array.from(bytes, (byte) => byte / 255);
    const fromFloats = await b.fit(floats, { ...options, loss: 'meanSquaredError' });
    expect(fromBytes.epochs[2]?.loss).toBeCloseTo(fromFloats.epochs[2]?.loss ?? 0, 5);
    const cross = await a.fit(floats, { epochs: 1, loss: 'binaryCrossEntropy' });
    expect(cross.epochs[0]?.loss).toBeGreaterThan(0);
  });

  test.each<[inputs: unknown, Class: new (...given: never[]) => Error, path: string]>([
    [new Float32Array(7), ShapeError, 'inputs'],
    [[[1, 2, 3, 4, 5, Number.NaN]], DataError, 'inputs[0][5]'],
    [[], DataError, 'inputs'],
    [{ rows }, ArgumentError, 'inputs'],
  ])('refuses the inputs %o', async (inputs, Class, path) => {
    const model = autoencoder({ inputSize: 6, code: 2 });
    const calls = [
      model.fit(inputs as Inputs),
      model.encode(inputs as Inputs),
      model.reconstruct(inputs as Inputs),
      model.reconstructionErrors(inputs as Inputs),
      model.evaluate(inputs as Inputs),
    ];
    for (const call of calls) {
      await expect(call).rejects.toThrow(Class);
      await expect(call).rejects.toThrow(expect.objectContaining({ path }));
    }
  });

  test('names codes and validation data in their errors', async () => {
    const model = autoencoder({ inputSize: 6, code: 2 });
    await expect(model.decode(new Float32Array(3))).rejects.toThrow(
      expect.objectContaining({ path: 'codes' }),
    );
    const bad = [[1, 2, 3, 4, Number.NaN, 6]];
    await expect(model.fit(rows, { validation: { data: bad } })).rejects.toThrow(
      expect.objectContaining({ path: 'validation.data[0][4]' }),
    );
    await expect(model.reconstructionErrors(rows, { matri: true } as never)).rejects.toThrow(
      expect.objectContaining({ path: 'matri' }),
    );
  });
});
