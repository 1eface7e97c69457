import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  adam,
  DivergenceError,
  dense,
  info,
  matrix,
  type Sequential,
  StateError,
  sequential,
  sgd,
  type TrainingEvent,
} from '../../lib/index.js';
import { clusters, randomNumbers, xor } from './data.js';

const classifier = (seed = 1) =>
  sequential([dense(16, { activation: 'relu' }), dense(3, { activation: 'softmax' })], {
    inputSize: 2,
    seed,
  });

/** Copies of all tensors of a model. */
const weightsOf = (model: Sequential) =>
  model.parameters.map(({ name }) => Array.from(model.getParameter(name)));

describe('fit', () => {
  test('learns XOR', async () => {
    const model = sequential(
      [dense(8, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })],
      { inputSize: 2, seed: 3 },
    );
    const history = await model.fit(xor, {
      epochs: 500,
      optimizer: adam({ learningRate: 0.05 }),
      metrics: ['accuracy'],
    });
    expect(history.epochs.at(-1)?.metrics.accuracy).toBe(1);
    const outputs = model.predictSync(xor.inputs);
    expect(Array.from(outputs.values, Math.round)).toEqual(xor.targets);
  });

  test('gives a history with all epochs', async () => {
    const history = await classifier().fit(clusters(200), { epochs: 3, metrics: ['accuracy'] });
    expect(history.stopReason).toBe('completed');
    expect(history.epochs.map((epoch) => epoch.epoch)).toEqual([1, 2, 3]);
    expect(history.threads).toBe(info().threads);
    expect(history.arenaBytes).toBeGreaterThan(0);
    for (const epoch of history.epochs) {
      expect(epoch.epochs).toBe(3);
      expect(epoch.loss).toBeGreaterThan(0);
      expect(Object.keys(epoch.metrics)).toEqual(['accuracy']);
      expect(epoch.validation).toBeNull();
      expect(epoch.rowsPerSecond * epoch.seconds).toBeCloseTo(200, 6);
    }
    const ofEpochs = history.epochs.reduce((sum, { seconds }) => sum + seconds, 0);
    expect(ofEpochs).toBeLessThanOrEqual(history.seconds);
  });

  test('trains ten epochs by default, and accepts no options', async () => {
    const history = await classifier().fit(clusters(50));
    expect(history.epochs).toHaveLength(10);
    expect(history.epochs[0]?.metrics).toEqual({});
  });

  test('gives the same bits for the same seed at any number of threads', async () => {
    const results: number[][][] = [];
    for (const threads of [1, 2, 3, 4]) {
      const model = classifier(5);
      await model.fit(clusters(300), { epochs: 2, threads });
      results.push(weightsOf(model));
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });

  test('gives other bits for another seed', async () => {
    const [a, b] = [classifier(5), classifier(5)];
    await a.fit(clusters(300), { epochs: 1, seed: 1 });
    await b.fit(clusters(300), { epochs: 1, seed: 2 });
    expect(weightsOf(a)).not.toEqual(weightsOf(b));
  });

  test('reads every form of the same data alike', async () => {
    const { inputs, targets } = clusters(90);
    const values = inputs.values as Float32Array;
    const rows = Array.from({ length: 90 }, (_, row) => values.subarray(row * 2, row * 2 + 2));
    const names = ['a', 'b', 'c'];
    const shared = new Float32Array(new SharedArrayBuffer(values.byteLength));
    shared.set(values);
    const forms = [
      { inputs, targets },
      { inputs: values, targets: Array.from(targets) },
      { inputs: Float64Array.from(values), targets: Uint8Array.from(targets) },
      { inputs: rows, targets: Float32Array.from(targets) },
      { inputs: shared, targets },
      {
        inputs: rows.map((row) => Array.from(row)),
        targets: Array.from(targets, (target) => names[target] as string),
        classes: names,
      },
      {
        inputs: matrix(
          values.map((value) => value * 2),
          90,
          2,
          { scale: 0.5 },
        ),
        targets,
      },
    ];
    const results: number[][][] = [];
    for (const data of forms) {
      const model = classifier();
      await model.fit(data, { epochs: 2 });
      results.push(weightsOf(model));
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });

  test('learns from one-hot rows as from classes', async () => {
    const { inputs, targets } = clusters(90);
    const oneHot = Array.from(targets, (target) =>
      [0, 1, 2].map((each) => Number(each === target)),
    );
    const [a, b] = [classifier(), classifier()];
    const history = await a.fit({ inputs, targets }, { epochs: 3, metrics: ['accuracy'] });
    const other = await b.fit({ inputs, targets: oneHot }, { epochs: 3, metrics: ['accuracy'] });
    for (const [index, epoch] of history.epochs.entries()) {
      expect(other.epochs[index]?.loss).toBeCloseTo(epoch.loss, 4);
      expect(other.epochs[index]?.metrics.accuracy).toBeCloseTo(epoch.metrics.accuracy, 6);
    }
  });

  test('scales bytes', async () => {
    const random = randomNumbers(1);
    const bytes = Uint8Array.from({ length: 400 }, () => random() * 256);
    const floats = Float32Array.from(bytes, (byte) => byte / 255);
    const targets = Array.from({ length: 100 }, (_, row) => (floats[row * 4] as number) * 2);
    const build = () => sequential([dense(1)], { inputSize: 4 });
    const [a, b] = [build(), build()];
    const options = { epochs: 5, optimizer: sgd({ learningRate: 0.1 }) };
    const fromBytes = await a.fit(
      { inputs: matrix(bytes, 100, 4, { scale: 1 / 255 }), targets },
      options,
    );
    const fromFloats = await b.fit({ inputs: floats, targets }, options);
    expect(fromBytes.epochs.at(-1)?.loss).toBeCloseTo(fromFloats.epochs.at(-1)?.loss ?? 0, 5);
  });

  test('measures a share of the rows, or other data', async () => {
    const data = clusters(200);
    const share = await classifier().fit(data, {
      epochs: 2,
      validation: 0.25,
      metrics: ['accuracy'],
    });
    const hits = (share.epochs[1]?.validation?.metrics.accuracy ?? Number.NaN) * 50;
    expect(hits).toBeCloseTo(Math.round(hits), 6); // of 50 of the 200 rows
    const model = classifier();
    const other = clusters(60);
    const history = await model.fit(data, {
      epochs: 2,
      validation: { data: other },
      metrics: ['accuracy'],
    });
    const evaluation = await model.evaluate(other, { metrics: ['accuracy'] });
    expect(history.epochs[1]?.validation?.loss).toBeCloseTo(evaluation.loss, 5);
    expect(history.epochs[1]?.validation?.metrics).toEqual(evaluation.metrics);
  });

  test('copies data of many slices and leaves the event loop free between them', async () => {
    const rows = 6000;
    const random = randomNumbers(2);
    const values = Float32Array.from({ length: rows * 784 }, random);
    const targets = Array.from({ length: rows }, (_, row) => row % 2);
    const model = sequential([dense(2, { activation: 'softmax' })], { inputSize: 784 });
    let turns = 0;
    let isCounting = true;
    const count = () => {
      turns++;
      if (isCounting) setImmediate(count);
    };
    const run = model.fit({ inputs: values, targets }, { epochs: 1, batchSize: 3000 });
    setImmediate(count);
    await run;
    isCounting = false;
    // 4 MB a slice: five slices, so at least four turns of the loop.
    expect(turns).toBeGreaterThanOrEqual(4);
  });
});

describe('the events of fit', () => {
  test('are iterated and awaited', async () => {
    const run = classifier().fit(clusters(100), { epochs: 3, metrics: ['accuracy'] });
    const seen: [number, number | undefined][] = [];
    for await (const event of run) {
      if (event.type === 'epoch') seen.push([event.epoch, event.metrics.accuracy]);
    }
    const { epochs } = await run;
    expect(seen.map(([epoch]) => epoch)).toEqual([1, 2, 3]);
    expect(seen).toEqual(epochs.map(({ epoch, metrics }) => [epoch, metrics.accuracy]));
  });

  test('reach the listener before the run resolves', async () => {
    const heard: TrainingEvent[] = [];
    const history = await classifier().fit(clusters(100), {
      epochs: 4,
      onEvent: (event) => heard.push(event),
    });
    const epochs = heard.filter((event) => event.type === 'epoch');
    expect(epochs.map(({ type: _, ...epoch }) => epoch)).toEqual(history.epochs);
  });

  test('have listeners whose errors end the run', async () => {
    const model = classifier();
    const run = model.fit(clusters(100), {
      epochs: 100_000,
      onEvent() {
        throw new Error('listener');
      },
    });
    await expect(run).rejects.toThrow('listener');
    await model.fit(clusters(100), { epochs: 1 });
  });
});

describe('stopping', () => {
  test('ends the run cleanly and keeps the weights', async () => {
    const model = classifier();
    const before = weightsOf(model);
    const run = model.fit(clusters(500), { epochs: 1_000_000 });
    for await (const event of run) if (event.type === 'epoch' && event.epoch >= 2) run.stop();
    const history = await run;
    expect(history.stopReason).toBe('stopped');
    expect(history.epochs.length).toBeGreaterThanOrEqual(2);
    expect(weightsOf(model)).not.toEqual(before);
    expect((await model.fit(clusters(100), { epochs: 1 })).stopReason).toBe('completed');
  });

  test('at once resolves without waiting for an epoch', async () => {
    const run = classifier().fit(clusters(500), { epochs: 1_000_000 });
    run.stop();
    expect((await run).stopReason).toBe('stopped');
  });

  test('while the data is copied resolves with no epochs', async () => {
    const model = sequential([dense(1)], { inputSize: 1024 });
    const inputs = new Float32Array(3 * 2 ** 20);
    const run = model.fit({ inputs, targets: new Float32Array(3 * 1024) });
    run.stop();
    expect(await run).toMatchObject({ stopReason: 'stopped', epochs: [], seconds: 0 });
  });

  test('by a signal rejects with its reason, and the weights stay', async () => {
    const model = classifier();
    const before = weightsOf(model);
    const controller = new AbortController();
    const reason = new Error('enough');
    const run = model.fit(clusters(500), {
      epochs: 1_000_000,
      signal: controller.signal,
      onEvent: (event) => event.type === 'epoch' && event.epoch === 2 && controller.abort(reason),
    });
    await expect(run).rejects.toBe(reason);
    expect(weightsOf(model)).not.toEqual(before);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('before the start leaves the model untouched', async () => {
    const model = classifier();
    const before = weightsOf(model);
    const run = model.fit(clusters(100), { signal: AbortSignal.abort() });
    await expect(run).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(weightsOf(model)).toEqual(before);
  });
});

describe('a model that trains', () => {
  test('refuses a second run, and a new parameter', async () => {
    const model = classifier();
    const run = model.fit(clusters(500), { epochs: 1_000_000 });
    await expect(model.fit(clusters(100))).rejects.toThrow(StateError);
    await run[Symbol.asyncIterator]().next();
    const [first] = model.parameters;
    const name = first?.name ?? '';
    expect(() => model.setParameter(name, model.getParameter(name))).toThrow(StateError);
    run.stop();
    await run;
    model.setParameter(name, model.getParameter(name));
  });

  test('predicts meanwhile', async () => {
    const model = classifier();
    const run = model.fit(clusters(500), { epochs: 1_000_000 });
    const outputs = await model.predict([[1, 2]]);
    expect(outputs.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    run.stop();
    await run;
  });

  test('tells where it diverged', async () => {
    const model = sequential([dense(8), dense(1)], { inputSize: 1 });
    const run = model.fit(
      { inputs: [[1e15], [-1e15]], targets: [1e15, 1e15] },
      { epochs: 100, optimizer: sgd({ learningRate: 1e6 }) },
    );
    await expect(run).rejects.toThrow(DivergenceError);
    await expect(run).rejects.toThrow(/epoch/);
  });
});
