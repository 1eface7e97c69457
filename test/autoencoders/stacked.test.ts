import { describe, expect, test } from 'vitest';
import { Autoencoder } from '../../lib/autoencoders/autoencoder.js';
import { stackedRecipe } from '../../lib/autoencoders/stacked.js';
import {
  ArgumentError,
  autoencoder,
  type Model,
  type PretrainingEvent,
  ShapeError,
  stackedAutoencoder,
} from '../../lib/index.js';
import { normaliseNetwork } from '../../lib/network/network.js';
import { randomNumbers } from '../model/data.js';
import { readDigits, rowsOf } from '../training/digits.js';

/** Rows of eight columns that follow from two hidden numbers. */
function curvedRows(rows: number): Float32Array {
  const random = randomNumbers(3);
  const values = new Float32Array(rows * 8);
  for (let row = 0; row < rows; row++) {
    const [a, b] = [random() * 2 - 1, random() * 2 - 1];
    values.set([a, b, a * b, a * a, b * b, a + b, a - b, Math.sin(3 * a)], row * 8);
  }
  return values;
}

const weightsOf = (model: Model, prefixes: readonly string[]) =>
  model.parameters
    .filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)))
    .map(({ name }) => model.getParameter(name));

describe('the recipe', () => {
  test('mirrors its layers, sigmoid unless told', () => {
    const { spec, codeLayer } = stackedRecipe({ inputSize: 20, layers: [12, 6, 3] });
    const shapes = spec.layers.map((layer) =>
      layer.type === 'dense' ? [layer.units, layer.activation.type] : [],
    );
    expect(shapes).toEqual([
      [12, 'sigmoid'],
      [6, 'sigmoid'],
      [3, 'sigmoid'],
      [6, 'sigmoid'],
      [12, 'sigmoid'],
      [20, 'linear'],
    ]);
    expect(codeLayer).toBe(2);
  });

  test('normalises the hidden layers when told', () => {
    const options = { inputSize: 9, layers: [5, 2], batchNorm: true, activation: 'tanh' };
    const { spec, codeLayer } = stackedRecipe(options);
    expect(spec.layers.map(({ type }) => type)).toEqual([
      ...['dense', 'batchNorm', 'activation', 'dense'],
      ...['dense', 'batchNorm', 'activation', 'dense'],
    ]);
    expect(codeLayer).toBe(3);
    expect(spec.layers[2]).toEqual({ type: 'activation', activation: { type: 'tanh' } });
  });

  test.each([
    [{ inputSize: 3, layers: [] }, 'layers'],
    [{ inputSize: 3, layers: 2 }, 'layers'],
    [{ inputSize: 3, layers: [2, 0] }, 'layers[1]'],
    [{ inputSize: 3, layers: [2], code: 1 }, 'code'],
    [{ inputSize: 3, layers: [2], batchNorm: 1 }, 'batchNorm'],
  ])('refuses %o', (options, path) => {
    const attempt = () => stackedRecipe(options);
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(expect.objectContaining({ path }));
  });
});

describe('pre-training', () => {
  const rows = curvedRows(300);
  const options = { inputSize: 8, layers: [16, 8, 3], activation: 'tanh', seed: 2 } as const;
  const training = { epochs: 5, optimizer: { type: 'adam', learningRate: 0.01 } } as const;

  test('tells the epochs of every pair of layers', async () => {
    const model = stackedAutoencoder(options);
    const heard: PretrainingEvent[] = [];
    const run = model.pretrain(rows, {
      ...training,
      validation: 0.1,
      onEvent: (e) => heard.push(e),
    });
    const seen: Extract<PretrainingEvent, { type: 'epoch' }>[] = [];
    for await (const event of run) if (event.type === 'epoch') seen.push(event);
    const history = await run;
    const places = seen.map(({ stage, epoch }) => [stage, epoch]);
    expect(places).toEqual([1, 2, 3].flatMap((stage) => [1, 2, 3, 4, 5].map((e) => [stage, e])));
    expect(seen[14]).toMatchObject({ stage: 3, stages: 3, units: 3, epochs: 5 });
    expect(seen[0]).toHaveProperty('validation.loss');
    expect(heard.filter(({ type }) => type === 'epoch')).toEqual(seen);
    expect(history.stopReason).toBe('completed');
    expect(history.stages.map(({ epochs }) => epochs.at(-1)?.loss)).toEqual(
      [4, 9, 14].map((index) => seen[index]?.loss),
    );
    for (const { epochs } of history.stages) {
      expect(epochs[4]?.loss).toBeLessThan(epochs[0]?.loss ?? 0);
    }
  });

  test('of a pair is the training of that pair alone', async () => {
    const model = stackedAutoencoder(options);
    const first = autoencoder({ inputSize: 8, code: 16, codeActivation: 'tanh', seed: 2 });
    first.setParameter('0.weight', model.getParameter('0.weight'));
    first.setParameter('2.weight', model.getParameter('10.weight'));
    await model.pretrain(rows, training);
    await first.fit(rows, training);
    expect(weightsOf(model, ['0.', '10.'])).toEqual(weightsOf(first, ['0.', '2.']));

    const codes = await first.encode(rows);
    const untrained = stackedAutoencoder(options);
    const second = autoencoder({
      ...{ inputSize: 16, code: 8, seed: 2 },
      ...({ codeActivation: 'tanh', outputActivation: 'tanh' } as const),
    });
    second.setParameter('0.weight', untrained.getParameter('2.weight'));
    second.setParameter('2.weight', untrained.getParameter('8.weight'));
    await second.fit(codes, training);
    expect(weightsOf(model, ['2.', '8.'])).toEqual(weightsOf(second, ['0.', '2.']));
  });

  test('makes a deep network start far better than at random', async () => {
    const deep = { ...options, layers: [24, 16, 8, 4] };
    const [plain, pretrained] = [stackedAutoencoder(deep), stackedAutoencoder(deep)];
    const before = (await plain.evaluate(rows)).loss;
    await pretrained.pretrain(rows, { ...training, epochs: 20 });
    const after = (await pretrained.evaluate(rows)).loss;
    expect(after).toBeLessThan(before / 3);
    const { epochs } = await pretrained.fit(rows, training);
    const fromScratch = await plain.fit(rows, training);
    expect(epochs[0]?.loss).toBeLessThan((fromScratch.epochs[0]?.loss ?? 0) / 2);
  });

  test('takes running statistics along', async () => {
    const model = stackedAutoencoder({ ...options, batchNorm: true });
    const [mean] = weightsOf(model, ['1.running_mean']);
    await model.pretrain(rows, training);
    expect(weightsOf(model, ['1.running_mean'])).not.toEqual([mean]);
    expect((await model.evaluate(rows)).loss).toBeLessThan(1);
  });

  test('encodes the rows for validation too', async () => {
    const model = stackedAutoencoder(options);
    const validation = { data: rows.subarray(0, 80) };
    const { stages } = await model.pretrain(rows, { ...training, validation });
    expect(stages.map(({ epochs }) => epochs.at(-1)?.validation?.loss)).toEqual(
      stages.map(() => expect.any(Number)),
    );
  });

  test('stops where it is, and keeps what was learnt', async () => {
    const model = stackedAutoencoder(options);
    const untouched = weightsOf(model, ['2.', '4.']);
    const run = model.pretrain(rows, {
      ...training,
      epochs: 1e6,
      onEvent: ({ type }) => type === 'epoch' && run.stop(),
    });
    const history = await run;
    expect(history).toMatchObject({ stopReason: 'stopped', stages: [{ stopReason: 'stopped' }] });
    expect(weightsOf(model, ['2.', '4.'])).toEqual(untouched);
    const controller = new AbortController();
    const aborted = model.pretrain(rows, { ...training, epochs: 1e6, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
  });

  test('ends with what an asynchronous listener rejects with', async () => {
    const model = stackedAutoencoder(options);
    const onEvent = async ({ stage }: PretrainingEvent) => {
      if (stage === 2) throw new Error('no connection');
    };
    await expect(model.pretrain(rows, { ...training, onEvent })).rejects.toThrow('no connection');
  });

  test('removes a threshold, as the weights change', async () => {
    const model = stackedAutoencoder(options);
    await model.detector(rows, { method: 'maximum' });
    await model.pretrain(rows, { ...training, epochs: 1 });
    expect(model.anomalyDetector).toBeNull();
  });

  test('refuses what it cannot train', async () => {
    const model = stackedAutoencoder(options);
    await expect(model.pretrain(rows, { epochs: 0 })).rejects.toThrow(
      expect.objectContaining({ path: 'epochs' }),
    );
    await expect(model.pretrain(rows, { signal: new AbortController() as never })).rejects.toThrow(
      'signal: expected an AbortSignal, received a AbortController. Pass controller.signal.',
    );
    await expect(model.pretrain(rows, { onEvent: 5 as never })).rejects.toThrow(
      'onEvent: expected a function, received 5',
    );
    await expect(model.pretrain([[1]])).rejects.toThrow(
      expect.objectContaining({ path: 'inputs[0]' }),
    );
    const layers = [5, 2, 8].map((units) => ({ type: 'dense', units }));
    const lopsided = new Autoencoder({
      spec: normaliseNetwork({ inputSize: 8, layers }),
      codeLayer: 1,
    });
    await expect(lopsided.pretrain(rows)).rejects.toThrow(ShapeError);
  });
});

describe('as a classifier', () => {
  test('an encoder keeps its weights', async () => {
    const model = autoencoder({ inputSize: 8, hidden: [6], code: 3, batchNorm: true, seed: 4 });
    const rows = curvedRows(40);
    await model.fit(rows, { epochs: 1 });
    const classifier = model.toClassifier(4);
    expect(classifier.outputSize).toBe(4);
    expect(classifier.spec.layers.slice(0, -1)).toEqual(model.spec.layers.slice(0, 4));
    const encoder = ['0.', '1.', '3.'];
    expect(weightsOf(classifier, encoder)).toEqual(weightsOf(model, encoder));
    expect(() => model.toClassifier(1)).toThrow(expect.objectContaining({ path: 'classes' }));
  });

  test('a frozen encoder stays as it is while the classes are learnt', async () => {
    const model = autoencoder({ inputSize: 8, hidden: [6], code: 3, batchNorm: true, seed: 4 });
    const inputs = curvedRows(40);
    await model.fit(inputs, { epochs: 1 });
    const classifier = model.toClassifier(4, { frozen: true });
    const targets = Array.from({ length: 40 }, (_, row) => row % 4);
    await classifier.fit({ inputs, targets }, { epochs: 2 });
    const encoder = ['0.', '1.', '3.'];
    expect(weightsOf(classifier, encoder)).toEqual(weightsOf(model, encoder));
    expect(classifier.parameters.filter(({ trainable }) => trainable)).toHaveLength(2);
    expect(() => model.toClassifier(4, { frozen: 1 as never })).toThrow(
      expect.objectContaining({ path: 'frozen' }),
    );
  });

  test('a deep pre-trained encoder learns digits where one of random weights hardly begins', async () => {
    const digits = await readDigits();
    const build = () => stackedAutoencoder({ inputSize: 784, layers: [100, 80, 60, 40], seed: 1 });
    const [plain, pretrained] = [build(), build()];
    const optimizer = { type: 'adam', learningRate: 0.003 } as const;
    const unlabelled = rowsOf(digits, 0, 3000).inputs;
    await pretrained.pretrain(unlabelled, { epochs: 8, batchSize: 64, optimizer });
    const accuracyOf = async (model: typeof plain) => {
      const classifier = model.toClassifier(10);
      await classifier.fit(rowsOf(digits, 0, 1000), { epochs: 5, optimizer });
      const held = rowsOf(digits, 9000, 10_000);
      return (await classifier.evaluate(held, { metrics: ['accuracy'] })).metrics.accuracy;
    };
    const [random, started] = [await accuracyOf(plain), await accuracyOf(pretrained)];
    expect(started).toBeGreaterThan(random + 0.1);
  });
});
