import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ArgumentError,
  autoencoder,
  batchNorm,
  DivergenceError,
  dense,
  sequential,
  sgd,
  type TensorBoardOptions,
  type TrainingEpochEvent,
  tensorBoard,
} from '../../lib/index.js';
import { canMount, mountDisk, unmount } from '../io/surroundings.js';
import { startOf } from '../model/starts.js';
import { eventsIn, hyperParametersOf, type ReadValue, scalarsIn, statusOf } from './eventReader.js';

const inputs = Array.from({ length: 12 }, (_, row) => [Math.sin(row), Math.cos(row)]);
const data = { inputs, targets: inputs.map(([x = 0]) => (x > 0 ? 1 : 0)) };
const newModel = () =>
  sequential([dense(3, { activation: 'relu' }), batchNorm(), dense(2, { activation: 'softmax' })], {
    ...{ inputSize: 2, seed: 3 },
  });
const epoch = (number: number, loss = 0.5, epochs = 9): TrainingEpochEvent => ({
  ...{ type: 'epoch', epoch: number, epochs, loss, metrics: {}, validation: null },
  ...{ learningRate: 0.25, seconds: 2, rowsPerSecond: 500 },
});
const completed = { stopReason: 'completed', error: undefined } as const;

describe('tensorBoard', () => {
  let folder = '';
  let folders = 0;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerwise-tensorboard-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const newFolder = () => join(folder, String(folders++), 'logs');
  /** What a run tells that was asked for more epochs. */
  const tell = (directory: string, told: readonly TrainingEpochEvent[], end = true) => {
    const listener = tensorBoard(directory);
    listener.onStart?.(startOf({ epochs: 9, rows: 6 }));
    for (const event of told) listener.onEpochs?.([event]);
    if (end) listener.onEnd?.(completed);
  };
  const valuesIn = (directory: string) => eventsIn(directory).flatMap(({ values }) => values);
  const tagsIn = (directory: string) => new Set(valuesIn(directory).map(({ tag }) => tag));
  const pluginOf = (directory: string, tag: string) =>
    valuesIn(directory).find((value) => value.tag === tag)?.content ?? Buffer.alloc(0);

  test('writes the numbers of the history, those of the validation beside them', async () => {
    const directory = newFolder();
    const history = await newModel().fit(data, {
      ...{ epochs: 4, validation: 0.5, metrics: ['accuracy'], schedule: 'cosine' },
      listeners: [tensorBoard(directory)],
    });
    const inHistory = (read: (result: (typeof history.epochs)[number]) => number | undefined) =>
      new Map(history.epochs.map((result) => [result.epoch, Math.fround(read(result) ?? 0)]));
    const [train, validation] = [join(directory, 'train'), join(directory, 'validation')];
    expect(scalarsIn(train, 'loss')).toEqual(inHistory(({ loss }) => loss));
    expect(scalarsIn(train, 'accuracy')).toEqual(inHistory(({ metrics }) => metrics.accuracy));
    expect(scalarsIn(train, 'learningRate')).toEqual(inHistory((result) => result.learningRate));
    expect(scalarsIn(train, 'rowsPerSecond')).toEqual(inHistory((result) => result.rowsPerSecond));
    expect(scalarsIn(validation, 'loss')).toEqual(inHistory((result) => result.validation?.loss));
    expect(tagsIn(validation)).toEqual(new Set(['loss', 'accuracy']));
    const times = eventsIn(train).map(({ seconds }) => seconds);
    for (const time of times) expect(Math.abs(time - Date.now() / 1000)).toBeLessThan(3600);
  });

  test('writes histograms of all parameters, at the end those of the trained model', async () => {
    const directory = newFolder();
    const model = newModel();
    await model.fit(data, { epochs: 3, listeners: [tensorBoard(directory)] });
    const last = eventsIn(join(directory, 'train')).at(-1);
    expect(last?.step).toBe(3);
    expect(last?.values.map(({ tag }) => tag)).toEqual(
      model.parameters.map(({ name }) => `parameters/${name}`),
    );
    for (const { tag, histogram } of last?.values ?? []) {
      const values = [...model.getParameter(tag.slice('parameters/'.length))];
      const [minimum, maximum, count] = histogram?.summary ?? [];
      expect([minimum, maximum, count]).toEqual([
        ...[Math.min(...values), Math.max(...values), values.length],
      ]);
    }
  });

  test('writes histograms of the activations where somebody gives them', async () => {
    const directory = newFolder();
    const model = newModel();
    const activations = () => model.activations(inputs);
    const histograms = { everyEpochs: 2, activations };
    await model.fit(data, { epochs: 5, listeners: [tensorBoard(directory, { histograms })] });
    const ofLayers = eventsIn(join(directory, 'train')).filter(({ values }) =>
      values.some(({ tag }) => tag.startsWith('activations/')),
    );
    expect(ofLayers.at(-1)).toMatchObject({ step: 5 });
    const tags = ofLayers.at(-1)?.values.map(({ tag }) => tag);
    expect(tags).toEqual(
      ['layers[0]', 'layers[1]', 'layers[2]'].map((path) => `activations/${path}`),
    );
    const counts = ofLayers.at(-1)?.values.map(({ histogram }) => histogram?.summary[2]);
    expect(counts).toEqual([36, 36, 24]);
  });

  test('ends the run with what the activations fail with', async () => {
    const activations = () => Promise.reject(new Error('no rows'));
    const listener = tensorBoard(newFolder(), { histograms: { everyEpochs: 1, activations } });
    const run = newModel().fit(data, { epochs: 1e9, listeners: [listener] });
    await expect(run).rejects.toThrow('no rows');
  });

  test.each<[string, TensorBoardOptions | undefined, number, number[]]>([
    ['after each epoch of few', undefined, 4, [1, 2, 3, 4]],
    ['about a hundred times', undefined, 250, [3, 6, 9, 12]],
    ['when it is asked to, and at the end', { histograms: { everyEpochs: 3 } }, 8, [3, 6, 8]],
    ['never', { histograms: false }, 4, []],
  ])('looks at the parameters %s', async (_, options, epochs, steps) => {
    const directory = newFolder();
    const listener = tensorBoard(directory, options);
    const network = {
      ...startOf({ epochs, rows: 6 }).network,
      parameters: [{ name: '0.bias', layer: 0, shape: [2], trainable: true }],
      getParameter: () => Float32Array.of(1, 2),
    };
    listener.onStart?.(startOf({ epochs, rows: 6, network }));
    for (let number = 1; number <= Math.min(epochs, 12); number++) {
      await listener.onEpochs?.([epoch(number, 0.5, epochs)]);
    }
    listener.onEnd?.(completed);
    const isHistogram = ({ histogram }: ReadValue) => histogram !== undefined;
    const events = eventsIn(join(directory, 'train'));
    const found = events.filter(({ values }) => values.some(isHistogram));
    expect(found.map(({ step }) => step)).toEqual(steps);
  });

  test('writes what the layers did by the updates', async () => {
    const directory = newFolder();
    const options = { epochs: 2, batchSize: 4, statistics: true } as const;
    const history = await newModel().fit(data, { ...options, listeners: [tensorBoard(directory)] });
    const layers = join(directory, 'layers');
    const inHistory = (read: (layer: number) => (index: number) => number | null | undefined) =>
      new Map(
        history.statistics.map(({ update }, index) => [update, Math.fround(read(0)(index) ?? 0)]),
      );
    const layerAt = (layer: number) => (index: number) => history.statistics[index]?.layers[layer];
    expect([...scalarsIn(layers, 'layers[0]/outputs.std').keys()]).toEqual([3, 6]);
    expect(scalarsIn(layers, 'layers[0]/outputs.std')).toEqual(
      inHistory((layer) => (index) => layerAt(layer)(index)?.outputs.std),
    );
    expect(scalarsIn(layers, 'layers[0]/updateRatio')).toEqual(
      inHistory((layer) => (index) => layerAt(layer)(index)?.updateRatio),
    );
    // Softmax has no share of saturated outputs.
    expect(tagsIn(layers)).toContain('layers[0]/saturated');
    expect(tagsIn(layers)).not.toContain('layers[2]/saturated');
  });

  test('writes warnings as text', async () => {
    const directory = newFolder();
    const same = { inputs, targets: inputs.map(() => 1) };
    const { warnings } = await newModel().fit(same, {
      ...{ epochs: 2, listeners: [tensorBoard(directory)] },
    });
    const texts = valuesIn(join(directory, 'train')).filter(({ plugin }) => plugin === 'text');
    expect(texts.map(({ text }) => text)).toEqual(warnings.map(({ message }) => message));
    expect(texts).not.toEqual([]);
  });

  test('writes the options as hyper-parameters, and those that are given', async () => {
    const directory = newFolder();
    const hyperParameters = { units: 3, 'optimizer.learningRate': 'own', isWide: true };
    await newModel().fit(data, {
      ...{ epochs: 2, batchSize: 4, optimizer: sgd({ learningRate: 0.5 }), validation: 0.5 },
      listeners: [tensorBoard(directory, { hyperParameters })],
    });
    const written = hyperParametersOf(pluginOf(directory, '_hparams_/session_start_info'));
    expect(written).toMatchObject({
      ...{ epochs: 2, batchSize: 4, rows: 6, shuffle: true, seed: 3, loss: 'crossEntropy' },
      ...{ optimizer: 'sgd', schedule: 'constant', 'validation.split': 0.5, ...hyperParameters },
      layers: 'dense 3 relu, batchNorm, dense 2 softmax',
    });
    expect(written).not.toHaveProperty('threads');
    expect(statusOf(pluginOf(directory, '_hparams_/session_end_info'))).toBe(1);
  });

  test('says of a training that fails that it failed, and of one that may go on nothing', async () => {
    const [failed, stopped] = [newFolder(), newFolder()];
    const failing = sequential([dense(1)], { inputSize: 2 }).fit(data, {
      ...{ epochs: 999, optimizer: sgd({ learningRate: 1e9 }), listeners: [tensorBoard(failed)] },
    });
    await expect(failing).rejects.toThrow(DivergenceError);
    expect(statusOf(pluginOf(failed, '_hparams_/session_end_info'))).toBe(2);
    const run = newModel().fit(data, { epochs: 1e9, listeners: [tensorBoard(stopped)] });
    for await (const event of run) if (event.type === 'epoch') break;
    run.stop();
    const { epochs } = await run;
    expect(tagsIn(stopped)).toEqual(new Set(['_hparams_/session_start_info']));
    const limited = newFolder();
    const options = { epochs: 1e9, timeLimit: 0.01, listeners: [tensorBoard(limited)] };
    expect((await newModel().fit(data, options)).stopReason).toBe('timeLimit');
    expect(tagsIn(limited)).toEqual(tagsIn(stopped));
    // All that was told is there when the run resolves.
    expect(scalarsIn(join(stopped, 'train'), 'loss').size).toBe(epochs.length);
  });

  test('has a folder for each stage of a pre-training', async () => {
    const directory = newFolder();
    const model = autoencoder({ inputSize: 2, hidden: [2], code: 1, seed: 3 });
    await model.pretrain(inputs, { epochs: 2, listeners: [tensorBoard(directory)] });
    for (const stage of ['stage1', 'stage2']) {
      expect([...scalarsIn(join(directory, stage, 'train'), 'loss').keys()]).toEqual([1, 2]);
    }
    expect(existsSync(join(directory, 'train'))).toBe(false);
  });

  test('goes on in a new file, which takes the place of what is told anew', () => {
    const directory = newFolder();
    tell(directory, [epoch(1, 1), epoch(2, 1), epoch(3, 1), epoch(4, 1)], false);
    tell(directory, [epoch(3, 2), epoch(4, 2)]);
    const train = join(directory, 'train');
    expect(readdirSync(train)).toHaveLength(2);
    expect([...scalarsIn(train, 'loss')]).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
    ]);
    const starts = eventsIn(train).filter(({ kind }) => kind === 'start');
    expect(starts.map(({ step }) => step)).toEqual([1, 3]);
    for (const name of readdirSync(train)) {
      expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\.[\w.-]+\.\d+$/);
    }
  });

  test('goes on with a training that goes on with a checkpoint', async () => {
    const directory = newFolder();
    const options = { epochs: 6, checkpoint: { directory: `${directory}.checkpoints` } };
    const begun = newModel().fit(data, {
      ...{ ...options, listeners: [tensorBoard(directory)] },
      onEvent: (event) => {
        if (event.type === 'epoch' && event.epoch === 3) begun.stop();
      },
    });
    await begun;
    const resumed = { ...options, resume: 'auto', listeners: [tensorBoard(directory)] } as const;
    const { epochs } = await newModel().fit(data, resumed);
    expect([...scalarsIn(join(directory, 'train'), 'loss')]).toEqual(
      epochs.map(({ epoch: number, loss }) => [number, Math.fround(loss)]),
    );
    expect(readdirSync(join(directory, 'train')).length).toBeLessThanOrEqual(2);
  });

  test('names its files behind those that are there, whatever the clock says', () => {
    const directory = newFolder();
    const train = join(directory, 'train');
    mkdirSync(train, { recursive: true });
    writeFileSync(join(train, 'events.out.tfevents.8888888888.elsewhere.1.0.v2'), '');
    tell(directory, [epoch(1)]);
    expect(readdirSync(train).sort()[1]).toMatch(/tfevents\.8888888889\./);
  });

  test('serves one run after the other', async () => {
    const directory = newFolder();
    const listener = tensorBoard(directory);
    for (let run = 0; run < 2; run++) {
      await newModel().fit(data, { epochs: 2, listeners: [listener] });
    }
    expect(readdirSync(join(directory, 'train'))).toHaveLength(2);
  });

  test('ends the run where no folder can be made, before the first epoch', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const run = newModel().fit(data, { epochs: 1e9, listeners: [tensorBoard(join(file, 'logs'))] });
    await expect(run).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  test.runIf(canMount)('ends the run on a full disk', async () => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    mountDisk(disk, 64);
    try {
      const run = newModel().fit(data, { epochs: 1e9, listeners: [tensorBoard(disk)] });
      await expect(run).rejects.toMatchObject({
        ...{ code: 'ENOSPC', path: expect.stringContaining(join(disk, 'train')) },
      });
    } finally {
      unmount(disk);
    }
  });

  test.each([
    ['directory', '', {}],
    ['histogram', 'logs', { histogram: true }],
    ['histograms.everyEpochs', 'logs', { histograms: { everyEpochs: 0 } }],
    ['histograms.activations', 'logs', { histograms: { activations: [] } }],
    ['hyperParameters.rate', 'logs', { hyperParameters: { rate: Number.NaN } }],
    ['hyperParameters.list', 'logs', { hyperParameters: { list: [] } }],
  ])('refuses %s', (path, directory, options) => {
    const build = () => tensorBoard(directory, options as TensorBoardOptions);
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(path);
  });
});
