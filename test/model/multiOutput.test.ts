import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  adam,
  batchNorm,
  dense,
  dropout,
  findLearningRate,
  gradientCheck,
  huber,
  type Layer,
  load,
  lsuv,
  type Model,
  type MultiOutputData,
  type MultiOutputEvent,
  matrix,
  multiOutput,
  residual,
  sequential,
  sgd,
} from '../../lib/index.js';
import { outputsOf } from '../../lib/network/network.js';
import { randomNumbers } from './data.js';

const rows = 60;
const columns = 4;
const random = randomNumbers(21);
const values = Float32Array.from({ length: rows * columns }, () => 2 * random() - 1);
const inputs = matrix(values, rows, columns);
const at = (row: number, column: number) => values[row * columns + column] ?? 0;
const each = <T>(of: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => of(row));

const kinds = each<number>((row) => (at(row, 0) > 0.3 ? 2 : at(row, 1) > 0 ? 1 : 0));
const places = each((row) => [at(row, 2) + at(row, 3), at(row, 0) * at(row, 1)]);
const urgencies = each((row) => (at(row, 0) + at(row, 3) > 0 ? 1 : 0));
const data = { inputs, targets: { kind: kinds, place: places, urgent: urgencies } };

function build() {
  return multiOutput(
    [dense(24, { activation: 'tanh' })],
    {
      kind: dense(3, { activation: 'softmax' }),
      place: [dense(12, { activation: 'tanh' }), dense(2)],
      urgent: dense(1, { activation: 'sigmoid' }),
    },
    { inputSize: columns, seed: 3 },
  );
}

const tensorsOf = (model: Model): number[] =>
  model.parameters.flatMap(({ name }) => [...model.getParameter(name)]);

const training = { epochs: 60, batchSize: 12, optimizer: adam({ learningRate: 0.02 }) } as const;

describe('a network of several outputs', () => {
  test('is plain data, with named heads at its end', () => {
    const model = build();
    expect(JSON.parse(JSON.stringify(model.spec))).toEqual(model.spec);
    expect(model.spec.layers[1]?.type).toBe('heads');
    expect(model.outputs).toEqual([
      { name: 'kind', columns: 3, start: 0, activation: 'softmax' },
      { name: 'place', columns: 2, start: 3, activation: 'linear' },
      { name: 'urgent', columns: 1, start: 5, activation: 'sigmoid' },
    ]);
    expect(model.outputSize).toBe(6);
    expect(model.parameters.map(({ name, layer }) => `${name} of ${layer}`)).toEqual([
      ...['0.weight of 0', '0.bias of 0', '2.kind.0.weight of 1', '2.kind.0.bias of 1'],
      ...['2.place.0.weight of 1', '2.place.0.bias of 1', '2.place.2.weight of 1'],
      ...['2.place.2.bias of 1', '2.urgent.0.weight of 1', '2.urgent.0.bias of 1'],
    ]);
    expect(model.summary()).toContain('MultiOutput: 4 inputs');
    expect(model.summary()).toMatch(/1\.place\.1 +dense +12 +2 /);
    expect(outputsOf(sequential([dense(2)], { inputSize: 3 }).spec)).toEqual([
      { name: '', columns: 2, start: 0, activation: 'linear' },
    ]);
  });

  test('learns all of them, and tells how each goes', async () => {
    const model = build();
    const seen: MultiOutputEvent<'kind' | 'place' | 'urgent'>[] = [];
    const run = model.fit(data, {
      ...training,
      validation: 0.2,
      outputs: {
        kind: { metrics: ['accuracy'] },
        place: { loss: huber({ delta: 0.5 }), weight: 3 },
        urgent: { metrics: ['accuracy', 'rocAuc'] },
      },
      onEvent: (event) => seen.push(event),
    });
    const { epochs, stopReason } = await run;
    expect(stopReason).toBe('completed');
    const [first, last] = [epochs[0], epochs.at(-1)];
    if (first === undefined || last === undefined) throw new Error('no epochs');
    for (const name of ['kind', 'place', 'urgent'] as const) {
      expect(last.outputs[name].loss, name).toBeLessThan(0.6 * first.outputs[name].loss);
    }
    for (const { loss, outputs } of [first, last, last.validation ?? last]) {
      const sum = outputs.kind.loss + 3 * outputs.place.loss + outputs.urgent.loss;
      expect(loss).toBeCloseTo(sum, 5);
    }
    expect(last.outputs.kind.metrics.accuracy).toBeGreaterThan(0.85);
    expect(Object.keys(last.validation?.outputs.urgent.metrics ?? {})).toEqual([
      'accuracy',
      'rocAuc',
    ]);
    expect(last.outputs.place.metrics).toEqual({});
    const told = seen.filter((event) => event.type === 'epoch');
    expect(told.map(({ outputs }) => outputs)).toEqual(epochs.map(({ outputs }) => outputs));
  });

  test('gives its outputs by name, all at once the same as on this thread', async () => {
    const model = build();
    const predicted = await model.predict(inputs);
    expect(predicted).toEqual(model.predictSync(inputs));
    const { kind, place, urgent } = predicted;
    expect([kind.rows, kind.columns, place.columns, urgent.columns]).toEqual([rows, 3, 2, 1]);
    for (let row = 0; row < rows; row++) {
      const sum = kind.values.subarray(row * 3, row * 3 + 3).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
      expect(urgent.values[row]).toBeGreaterThan(0);
      expect(urgent.values[row]).toBeLessThan(1);
    }
    // By hand they lie beside each other.
    const all = model.trainer({ batchSize: rows }).forward(inputs, { training: false });
    expect(all.length).toBe(rows * model.outputSize);
    expect([...all.subarray(3, 5)]).toEqual([...place.values.subarray(0, 2)]);
  });

  test('whose heads do not share what they learn is one network for each', async () => {
    // Nothing is shared but the frozen layer before them.
    const shared = dense(9, { activation: 'tanh', frozen: true });
    const whole = { epochs: 3, batchSize: 20, optimizer: sgd({ learningRate: 0.3 }) } as const;
    const both = multiOutput(
      [shared],
      { kind: dense(3, { activation: 'softmax' }), place: dense(2) },
      { inputSize: columns, seed: 5 },
    );
    const kind = sequential([shared, dense(3, { activation: 'softmax' })], {
      inputSize: columns,
      seed: 5,
    });
    kind.setParameter('2.weight', both.getParameter('2.kind.0.weight'));
    await both.fit(
      { inputs, targets: { kind: kinds, place: places } },
      { ...whole, outputs: { place: { weight: 0.5 } } },
    );
    await kind.fit({ inputs, targets: kinds }, whole);
    expect(both.getParameter('2.kind.0.weight')).toEqual(kind.getParameter('2.weight'));
    expect(both.getParameter('2.kind.0.bias')).toEqual(kind.getParameter('2.bias'));
  });

  test('is trained to the same bits by any number of threads, in bfloat16 too', async () => {
    for (const precision of ['float32', 'bf16'] as const) {
      const trained = await Promise.all(
        [1, 3].map(async (threads) => {
          const model = build();
          await model.fit(data, { epochs: 2, batchSize: 9, threads, precision });
          return tensorsOf(model);
        }),
      );
      expect(trained[0]).toEqual(trained[1]);
    }
  });

  test('has the gradients of the sum of its weighted losses', async () => {
    const model = multiOutput(
      [dense(7, { activation: 'gelu', kernelPenalty: { l2: 0.01 } }), batchNorm()],
      {
        kind: [dropout({ rate: 0.2 }), dense(3, { activation: 'softmax' })],
        place: [residual([dense(7, { activation: 'tanh' })]), dense(2)],
        urgent: [batchNorm(), dense(1, { activation: 'sigmoid' })],
      },
      { inputSize: columns, seed: 4 },
    );
    const report = await gradientCheck(
      model,
      { ...data, weights: each((row) => row % 3) },
      { outputs: { place: { loss: 'logCosh', weight: 4 }, urgent: { weight: 0.25 } } },
    );
    expect(report.passed, JSON.stringify(report.worst)).toBe(true);
  });

  test('is saved and loaded with its heads', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
    try {
      const model = build();
      model.annotations = { unit: 'mm' };
      await model.fit(data, { epochs: 2 });
      const path = join(folder, 'three.safetensors');
      await model.save(path);
      const again = await load(path);
      if (again.kind !== 'multiOutput') throw new Error(again.kind);
      expect(again.spec).toEqual(model.spec);
      expect(again.annotations).toEqual({ unit: 'mm' });
      expect(again.predictSync(inputs)).toEqual(model.predictSync(inputs));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('takes names of classes, weights of rows and of classes output by output', async () => {
    const names = ['low', 'middle', 'high'];
    const weights = each((row) => (row % 4 === 0 ? 3 : 1));
    const model = build();
    const named: MultiOutputData<'kind' | 'place' | 'urgent'> = {
      inputs,
      targets: { ...data.targets, kind: kinds.map((kind) => names[kind] ?? '') },
      classes: { kind: names },
      weights,
    };
    const still = { epochs: 1, batchSize: rows, optimizer: sgd({ learningRate: 0 }) } as const;
    const lossesOf = async (given: typeof named, classWeights?: Record<string, number>) => {
      const { epochs } = await model.fit(given, { ...still, outputs: { kind: { classWeights } } });
      const { kind, place, urgent } = epochs[0]?.outputs ?? {};
      return [kind?.loss ?? 0, place?.loss ?? 0, urgent?.loss ?? 0] as const;
    };
    const { kind } = model.predictSync(inputs);
    const byHand = (ofClass: readonly number[]) =>
      kinds.reduce((sum, target, row) => {
        const loss = -Math.log(kind.values[row * 3 + target] ?? 0);
        return sum + loss * (weights[row] ?? 0) * (ofClass[target] ?? 0);
      }, 0) / rows;
    const plain = await lossesOf(named);
    expect(plain[0]).toBeCloseTo(byHand([1, 1, 1]), 5);
    const weighted = await lossesOf(named, { high: 5 });
    expect(weighted[0]).toBeCloseTo(byHand([1, 1, 5]), 5);
    expect(weighted.slice(1)).toEqual(plain.slice(1));
    const evaluated = await model.evaluate(named, { outputs: { kind: { weight: 0.5 } } });
    expect(evaluated.outputs.kind.loss).toBeCloseTo(plain[0], 5);
    expect(evaluated.loss).toBeCloseTo(0.5 * plain[0] + plain[1] + plain[2], 5);
  });

  test('stops early by a metric of an output, and by the loss of all', async () => {
    const model = build();
    const history = await model.fit(data, {
      epochs: 200,
      validation: 0.25,
      monitor: 'validation.kind.accuracy',
      earlyStopping: { patience: 2 },
      outputs: { kind: { metrics: ['accuracy'] } },
      optimizer: adam({ learningRate: 0.02 }),
    });
    expect(history.stopReason).toBe('stoppedEarly');
    const best = Math.max(
      ...history.epochs.map(({ validation }) => validation?.outputs.kind.metrics.accuracy ?? 0),
    );
    const chosen = history.epochs[(history.bestEpoch ?? 0) - 1];
    expect(chosen?.validation?.outputs.kind.metrics.accuracy).toBe(best);
  });

  test('works with statistics, rates, first weights by lsuv, L-BFGS and clipping', async () => {
    const model = build();
    const layers = await lsuv(model, inputs);
    expect(layers.map(({ path }) => path)).toEqual([
      'layers[0]',
      'layers[1].heads.kind[0]',
      'layers[1].heads.place[0]',
      'layers[1].heads.place[1]',
      'layers[1].heads.urgent[0]',
    ]);
    for (const { variance } of layers) expect(variance).toBeCloseTo(1, 1);
    const { statistics } = await model.fit(data, {
      epochs: 2,
      statistics: true,
      accumulateBatches: 2,
      gradientClipping: { norm: 1 },
    });
    expect(statistics[1]?.layers.map(({ isOutput }) => isOutput)).toEqual([
      ...[false, true, false, true, true],
    ]);
    const { points } = await findLearningRate(model, data, { steps: 5, outputs: { kind: {} } });
    expect(points.length).toBeGreaterThan(0);
    const before = (await model.evaluate(data)).loss;
    await model.fit(data, { epochs: 5, optimizer: 'lbfgs' });
    expect((await model.evaluate(data)).loss).toBeLessThan(before);
  });

  test('freezes layers before the heads, or the heads', async () => {
    const model = build();
    for (const [frozen, kept] of [
      [[0], '0.weight'],
      [[1], '2.kind.0.weight'],
    ] as const) {
      const copy = model.withFrozenLayers(frozen);
      await copy.fit(data, { epochs: 1 });
      expect(copy.getParameter(kept)).toEqual(model.getParameter(kept));
      expect(tensorsOf(copy)).not.toEqual(tensorsOf(model));
    }
  });

  test('is trained by hand, with the gradients of its outputs beside each other', () => {
    const model = build();
    const trainer = model.trainer({ batchSize: rows, optimizer: sgd({ learningRate: 0.1 }) });
    const outputs = trainer.forward(inputs);
    // Half the square of the second place alone.
    const gradient = outputs.map((y, i) => (i % 6 === 4 ? y / rows : 0));
    trainer.backward(gradient);
    trainer.step();
    const { place, kind } = model.predictSync(inputs);
    const energy = (numbers: ArrayLike<number>, offset: number, stride: number) => {
      let sum = 0;
      for (let i = offset; i < numbers.length; i += stride) sum += (numbers[i] ?? 0) ** 2;
      return sum;
    };
    expect(energy(place.values, 1, 2)).toBeLessThan(energy(outputs, 4, 6));
    expect(model.getParameter('2.kind.0.bias')).toEqual(new Float32Array(3));
    expect(kind.columns).toBe(3);
  });
});

describe('what is wrong', () => {
  const heads: Layer = { type: 'heads', heads: { a: dense(1) } };
  const refused = async (given: object, options: object, path: string) => {
    const model = build();
    const run = model.fit(given as typeof data, options);
    await expect(run).rejects.toThrow(expect.objectContaining({ path }));
  };

  test.each<[object, string]>([
    [{ loss: 'huber' }, 'loss'],
    [{ metrics: ['accuracy'] }, 'metrics'],
    [{ classWeights: 'balanced' }, 'classWeights'],
    [{ outputs: { kinds: {} } }, 'outputs.kinds'],
    [{ outputs: { kind: { loss: 'binaryCrossEntropy' } } }, 'outputs.kind.loss'],
    [{ outputs: { place: { loss: 'hubert' } } }, 'outputs.place.loss'],
    [{ outputs: { place: { weight: -1 } } }, 'outputs.place.weight'],
    [{ outputs: { place: { share: 1 } } }, 'outputs.place.share'],
    [{ outputs: { place: { metrics: ['f1'] } } }, 'outputs.place.metrics[0]'],
    [{ outputs: { kind: { metrics: ['accurate'] } } }, 'outputs.kind.metrics[0]'],
    [{ outputs: { kind: { classWeights: [1, 2] } } }, 'outputs.kind.classWeights'],
    [{ outputs: { kind: { classWeights: { nine: 2 } } } }, 'outputs.kind.classWeights.nine'],
    [{ monitor: 'accuracy' }, 'monitor'],
  ])('in the options, %o, is named', async (options, path) => {
    await refused(data, options, path);
  });

  test.each<[object, string]>([
    [{ inputs, targets: kinds }, 'targets'],
    [{ inputs, targets: { kind: kinds, place: places } }, 'targets.urgent'],
    [{ inputs, targets: { ...data.targets, size: kinds } }, 'targets.size'],
    [{ inputs, targets: { ...data.targets, place: kinds } }, 'targets.place'],
    [{ inputs, targets: { ...data.targets, kind: kinds.map(() => 7) } }, 'targets.kind[0]'],
    [{ inputs, targets: { ...data.targets, urgent: kinds.map(() => 7) } }, 'targets.urgent[0]'],
    [{ ...data, classes: { kind: ['a', 'b'] } }, 'classes.kind'],
    [{ ...data, classes: { sort: ['a', 'b'] } }, 'classes.sort'],
    [{ ...data, targets: { ...data.targets, kind: each(() => 'a') } }, 'classes.kind'],
  ])('in the data is named, %#', async (given, path) => {
    await refused(given, {}, path);
    const validation = { data: given };
    await refused(data, { validation }, `validation.data.${path}`);
  });

  test.each<[() => unknown, string]>([
    [() => multiOutput([], {}, { inputSize: 2 }), 'layers[0].heads'],
    [() => multiOutput([], { '1': dense(2) }, { inputSize: 2 }), 'layers[0].heads'],
    [() => multiOutput([], { 'a.b': dense(2) }, { inputSize: 2 }), 'layers[0].heads'],
    [() => multiOutput([], { a: [] }, { inputSize: 2 }), 'layers[0].heads.a'],
    [
      () => multiOutput([dense(3)], { a: dense(0) }, { inputSize: 2 }),
      'layers[1].heads.a[0].units',
    ],
    [() => multiOutput([heads], { b: dense(1) }, { inputSize: 2 }), 'layers[0]'],
    [
      () => multiOutput([residual([heads])], { b: dense(1) }, { inputSize: 2 }),
      'layers[0].layers[0]',
    ],
    [() => sequential([heads], { inputSize: 2 }), 'layers[0]'],
  ])('in the network is named, %#', (attempt, path) => {
    expect(attempt).toThrow(expect.objectContaining({ path }));
  });
});
