import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  autoencoder,
  denoisingAutoencoder,
  dense,
  load,
  lsuv,
  ShapeError,
  sequential,
  sparseAutoencoder,
  stackedAutoencoder,
  variationalAutoencoder,
} from '../../lib/index.js';
import { normaliseNetwork } from '../../lib/network/network.js';
import { randomNumbers } from '../model/data.js';

const random = randomNumbers(8);
/** Six columns that follow from two numbers. */
const rows = Array.from({ length: 200 }, () => {
  const [a, b] = [random() - 0.5, random() - 0.5];
  return [a, b, a + b, a - b, 2 * a, a * b];
});
const tied = { inputSize: 6, hidden: [5], code: 2, activation: 'tanh', tied: true } as const;

describe('a tied autoencoder', () => {
  test('has the weights of the encoder and the biases of both', () => {
    const model = autoencoder(tied);
    expect(model.parameters.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['0.weight', 5, 6],
      ['0.bias', 5],
      ['2.weight', 2, 5],
      ['2.bias', 2],
      ['3.bias', 5],
      ['5.bias', 6],
    ]);
    expect(model.summary()).toMatch(/^58 parameters/m); // 5 · 6 + 2 · 5 + 5 + 2 + 5 + 6
  });

  test('decodes with the transposed weights', async () => {
    const model = autoencoder({ inputSize: 2, code: 3, tied: true });
    model.setParameter('0.weight', [1, 2, 3, 4, 5, 6]); // [3, 2]
    model.setParameter('1.bias', [0.5, -0.5]);
    expect([...(await model.encode([[1, -1]])).values]).toEqual([-1, -1, -1]);
    expect([...(await model.decode([[1, 0, 2]])).values]).toEqual([11.5, 13.5]);
    expect([...(await model.reconstruct([[1, -1]])).values]).toEqual([-8.5, -12.5]);
  });

  test('learns, and comes back from its file', async () => {
    const model = autoencoder({ ...tied, seed: 2 });
    const { epochs } = await model.fit(rows, {
      epochs: 60,
      optimizer: { type: 'adam', learningRate: 0.02 },
    });
    expect(epochs.at(-1)?.loss).toBeLessThan(0.1 * (epochs[0]?.loss ?? 0));
    const folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
    const path = join(folder, 'tied.safetensors');
    await model.save(path);
    const again = await load(path);
    await rm(folder, { recursive: true });
    if (again.kind !== 'autoencoder') throw new Error('another kind');
    expect(again.spec).toEqual(model.spec);
    expect(await again.reconstruct(rows)).toEqual(await model.reconstruct(rows));
  });

  test('is trained in pairs, and gives its encoder to a classifier', async () => {
    const options = {
      inputSize: 6,
      layers: [5, 3],
      tied: true,
      corruption: { type: 'maskingNoise' },
    } as const;
    const model = stackedAutoencoder({ ...options, seed: 4 });
    const { stages } = await model.pretrain(rows, { epochs: 20 });
    for (const { epochs } of stages) {
      expect(epochs.at(-1)?.loss).toBeLessThan(epochs[0]?.loss ?? 0);
    }
    const classifier = model.toClassifier(2);
    expect(classifier.getParameter('0.weight')).toEqual(model.getParameter('1.weight'));
    expect(classifier.spec.layers.map((layer) => layer.type)).toEqual(['dense', 'dense', 'dense']);
  });

  test('combines with what the other variants have', () => {
    const tiesOf = ({ spec }: { readonly spec: { readonly layers: readonly object[] } }) =>
      spec.layers.flatMap((layer) => ('tiedTo' in layer ? [layer.tiedTo] : []));
    expect(tiesOf(denoisingAutoencoder({ ...tied, batchNorm: true }))).toEqual([4, 1]);
    expect(tiesOf(sparseAutoencoder({ ...tied, code: 9 }))).toEqual([1, 0]);
    expect(() => variationalAutoencoder(tied as never)).toThrow(ArgumentError);
    expect(() => autoencoder({ ...tied, tied: 1 as never })).toThrow(
      'tied: expected true or false',
    );
  });

  test("keeps lsuv from scaling what is not the decoder's own", async () => {
    const model = autoencoder({ ...tied, activation: 'linear' });
    const records = await lsuv(model, rows);
    expect(records.map(({ layer }) => layer)).toEqual([0, 1]);
    for (const { variance } of records) expect(variance).toBeCloseTo(1, 1);
  });
});

describe('tiedTo', () => {
  const network = (...layers: object[]) => normaliseNetwork({ inputSize: 4, layers });

  test('is data like any other, read again as it is', () => {
    const spec = network(dense(3), dense(4, { tiedTo: 0, bias: false }));
    expect(spec.layers[1]).not.toHaveProperty('kernelInitializer');
    expect(normaliseNetwork(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  test.each([
    [[dense(3), dense(4, { tiedTo: 1 })], 'layers[1].tiedTo', ArgumentError],
    [[dense(3), dense(4, { tiedTo: 0.5 })], 'layers[1].tiedTo', ArgumentError],
    [
      [dense(4), dense(4, { tiedTo: 0 }), dense(4, { tiedTo: 1 })],
      'layers[2].tiedTo',
      ArgumentError,
    ],
    [[dense(3), dense(5, { tiedTo: 0 })], 'layers[1]', ShapeError],
    [[dense(3), dense(2), dense(4, { tiedTo: 0 })], 'layers[2]', ShapeError],
    [
      [dense(3), dense(4, { tiedTo: 0, kernelInitializer: 'zeros' })],
      'layers[1].kernelInitializer',
      ArgumentError,
    ],
    [[dense(3), dense(4, { tiedTo: 0, maxNorm: 2 })], 'layers[1].maxNorm', ArgumentError],
  ])('refuses %o', (layers, path, type) => {
    expect(() => network(...layers)).toThrow(type);
    expect(() => network(...layers)).toThrow(expect.objectContaining({ path }));
  });

  test('works in any network, more than once', async () => {
    const layers = [dense(2), dense(2, { tiedTo: 0 }), dense(2, { tiedTo: 0 })];
    const model = sequential(layers, { inputSize: 2 });
    model.setParameter('0.weight', [1, 2, 3, 4]);
    // [1, 1] Wᵀ = [3, 7]; [3, 7] W = [24, 34]; [24, 34] W = [126, 184]
    expect([...model.predictSync([[1, 1]]).values]).toEqual([126, 184]);
    const inputs = rows.map((row) => row.slice(0, 2));
    const { epochs } = await model.fit({ inputs, targets: inputs }, { epochs: 30 });
    expect(epochs.at(-1)?.loss).toBeLessThan(0.9 * (epochs[0]?.loss ?? 0));
  });
});
