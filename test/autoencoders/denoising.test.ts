import { describe, expect, test } from 'vitest';
import { denoisingRecipe } from '../../lib/autoencoders/denoising.js';
import {
  ArgumentError,
  autoencoder,
  type Corruption,
  denoisingAutoencoder,
  gaussianNoise,
  maskingNoise,
  matrix,
  saltAndPepperNoise,
  stackedAutoencoder,
  swapNoise,
} from '../../lib/index.js';
import { randomNumbers } from '../model/data.js';
import { pixels, readDigits, rowsOf } from '../training/digits.js';

describe('the recipe', () => {
  test('masks three values in ten unless told', () => {
    const { spec, codeLayer } = denoisingRecipe({ inputSize: 9, hidden: [5], code: 3 });
    expect(spec.layers[0]).toEqual({ type: 'maskingNoise', rate: 0.3 });
    expect(spec.layers).toHaveLength(5);
    expect(codeLayer).toBe(2);
  });

  test.each<[corruption: Corruption, layer: object]>([
    [maskingNoise({ rate: 0.5 }), { rate: 0.5 }],
    [gaussianNoise({ standardDeviation: 0.2 }), { standardDeviation: 0.2 }],
    [saltAndPepperNoise({ low: -1 }), { rate: 0.3, low: -1, high: 1 }],
    [swapNoise(), { rate: 0.3 }],
  ])('takes the corruption %o', (corruption, layer) => {
    const { spec } = denoisingRecipe({ inputSize: 9, code: 3, corruption });
    expect(spec.layers[0]).toEqual({ type: corruption.type, ...layer });
  });

  test.each([
    [{ type: 'dense', units: 2 }, 'corruption'],
    ['maskingNoise', 'corruption'],
    [{ type: 'maskingNoise', rate: 1.5 }, 'corruption.rate'],
    [{ type: 'gaussianNoise', rate: 0.5 }, 'corruption.rate'],
  ])('refuses the corruption %o', (corruption, path) => {
    const attempt = () => denoisingRecipe({ inputSize: 9, code: 3, corruption });
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(expect.objectContaining({ path }));
  });
});

describe('a denoising autoencoder', () => {
  test('cleans digits better than one that was never shown noise', async () => {
    const digits = await readDigits();
    const clean = rowsOf(digits, 9000, 9500).inputs;
    const random = randomNumbers(5);
    const noisy = matrix(
      Float32Array.from(clean.values, (value) => (random() < 0.3 ? 0 : value / 255)),
      clean.rows,
      pixels,
    );
    const options = { inputSize: pixels, code: 64, outputActivation: 'sigmoid', seed: 1 } as const;
    const distance = async (model: ReturnType<typeof autoencoder<'sigmoid'>>) => {
      const optimizer = { type: 'adam', learningRate: 0.003 } as const;
      await model.fit(rowsOf(digits, 0, 3000).inputs, { epochs: 15, batchSize: 64, optimizer });
      const { values } = await model.reconstruct(noisy);
      return values.reduce(
        (sum, value, i) => sum + (value - (clean.values[i] as number) / 255) ** 2,
        0,
      );
    };
    const denoised = await distance(
      denoisingAutoencoder({ ...options, corruption: maskingNoise() }),
    );
    const copied = await distance(autoencoder(options));
    expect(denoised).toBeLessThan(0.9 * copied);
  });

  test.each<Corruption>([
    maskingNoise(),
    gaussianNoise({ standardDeviation: 0.5 }),
    saltAndPepperNoise(),
    swapNoise(),
  ])('trains to the same bits with any number of threads: %o', async (corruption) => {
    const rows = Float32Array.from({ length: 500 * 40 }, randomNumbers(2));
    const models = [1, 2].map(() => denoisingAutoencoder({ inputSize: 40, code: 8, corruption }));
    const losses = await Promise.all(
      models.map((model, index) =>
        model.fit(rows, { epochs: 2, batchSize: 100, threads: index + 1 }),
      ),
    );
    expect(losses[1]?.epochs.map(({ loss }) => loss)).toEqual(
      losses[0]?.epochs.map(({ loss }) => loss),
    );
    const [one, two] = models.map((model) => model.getParameter('1.weight'));
    expect(two).toEqual(one);
    // Without noise a prediction is always the same.
    expect(await models[0]?.score(rows)).toEqual(await models[0]?.score(rows));
  });

  test('corrupts the input of every pair when it is stacked', async () => {
    const rows = Float32Array.from({ length: 200 * 10 }, randomNumbers(3));
    const build = (corruption?: Corruption) =>
      stackedAutoencoder({ inputSize: 10, layers: [8, 4], corruption, batchNorm: true, seed: 1 });
    const options = { epochs: 3 };
    const whole = build(maskingNoise({ rate: 0.9 }));
    const { stages } = await whole.pretrain(rows, options);
    const { stages: quiet } = await build(maskingNoise({ rate: 0 })).pretrain(rows, options);
    // The second pair too has to guess what it is not shown.
    for (const stage of [0, 1]) {
      const [noisy, clean] = [stages, quiet].map((all) => all[stage]?.epochs.at(-1)?.loss ?? 0);
      expect(noisy).not.toBe(clean);
    }
    await whole.fit(rows, options);
    const classifier = whole.toClassifier(3);
    expect(classifier.spec.layers.map(({ type }) => type)).toEqual([
      ...['dense', 'batchNorm', 'activation', 'dense', 'dense'],
    ]);
    const codes = await whole.encode(rows);
    const weights = whole.parameters.map(({ name }) => name).slice(0, 2);
    expect(codes.columns).toBe(4);
    expect(classifier.getParameter('0.weight')).toEqual(whole.getParameter(weights[0] as string));
  });
});
