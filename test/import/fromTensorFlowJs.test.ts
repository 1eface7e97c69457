import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ArgumentError,
  FileFormatError,
  fromTensorFlowJs,
  LayerwiseError,
  load,
} from '../../lib/index.js';
import { root } from '../examples/compile.js';

/** Models that TensorFlow.js and Keras have made (test/fixtures/make-*-models), with what they predict. */

const fixtures = join(root, 'test/fixtures/tensorflow-js');
const modelAt = (name: string) => join(fixtures, name, 'model.json');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(async () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

async function expectAnswers(name: string) {
  const imported = await fromTensorFlowJs(modelAt(name));
  const text = await readFile(join(fixtures, name, 'answers.json'), 'utf8');
  const { inputs, outputs } = JSON.parse(text) as Record<'inputs' | 'outputs', number[][]>;
  const { values } = imported.model.predictSync(inputs);
  const expected = outputs.flat();
  expect(values.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) {
    const error = Math.abs((values[index] as number) - value);
    expect(error, `output ${index} of ${name}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
  }
  return imported;
}

describe('a model of TensorFlow.js', () => {
  test.each([
    'activations',
    'layers',
    'trained',
    'functional',
    'nested',
    'quantized',
    'keras-sequential',
    'keras-functional',
  ])('predicts the same: %s', async (name) => {
    await expectAnswers(name);
  });

  test('has the options of its layers', async () => {
    const { model, notes } = await fromTensorFlowJs(modelAt('layers'));
    expect(notes).toEqual([]);
    expect(model.spec.inputSize).toBe(3);
    expect(model.spec.layers).toMatchObject([
      {
        ...{ type: 'dense', units: 6, maxNorm: 2 },
        ...{ kernelPenalty: { l1: 0.01, l2: 0.01 }, biasPenalty: { l1: 0, l2: 0.25 } },
      },
      { type: 'batchNorm', momentum: 0.1, epsilon: 0.01, scale: true, shift: true },
      { type: 'activation', activation: { type: 'leakyRelu', slope: 0.2 } },
      { type: 'dropout', rate: 0.25 },
      { type: 'dense', units: 5, bias: false, frozen: true },
      { type: 'batchNorm', momentum: 0.01, epsilon: 0.001, scale: false, shift: false },
      { type: 'prelu', shared: false },
      { type: 'gaussianNoise', standardDeviation: 0.3 },
      { type: 'dense', units: 4, frozen: false },
      { type: 'layerNorm', epsilon: 0.002 },
      { type: 'activation', activation: { type: 'relu6' } },
      { type: 'dense' },
      { type: 'prelu', shared: true },
      { type: 'alphaDropout', rate: 0.1 },
      { type: 'activation', activation: { type: 'elu', alpha: 1 } },
      { type: 'dense' },
      { type: 'activation', activation: { type: 'relu' } },
      { type: 'dense' },
      { type: 'activation', activation: { type: 'softmax' } },
    ]);
  });

  test('goes on training with the options of its own', async () => {
    const { model, training, notes } = await fromTensorFlowJs(modelAt('trained'));
    expect(notes).toEqual([]);
    expect(training).toEqual({
      loss: { type: 'crossEntropy', labelSmoothing: 0 },
      optimizer: {
        ...{ type: 'adam', learningRate: 0.02, beta1: 0.8, beta2: 0.999, epsilon: 1e-7 },
        weightDecay: 0,
      },
      metrics: ['accuracy'],
    });
    const data = {
      inputs: [
        [1, 0, 0, 1],
        [0, 1, 1, 0],
      ],
      targets: [0, 2],
    };
    const history = await model.fit(data, { ...training, epochs: 2 });
    expect(history.epochs).toHaveLength(2);
  });

  test('of Keras 3 has its training too', async () => {
    const { training } = await fromTensorFlowJs(modelAt('keras-sequential'));
    expect(training.loss).toEqual({ type: 'crossEntropy', labelSmoothing: 0.1 });
    expect(training.optimizer).toMatchObject({ type: 'rmsprop', alpha: 0.8, epsilon: 1e-7 });
    expect(training.metrics).toEqual(['accuracy']);
  });

  test('is saved as any other', async () => {
    const { model } = await fromTensorFlowJs(modelAt('activations'));
    await model.save(join(folder, 'm.safetensors'));
    const again = await load(join(folder, 'm.safetensors'), 'sequential');
    const rows = [[1, -2, 0.5, 3]];
    expect(again.predictSync(rows)).toEqual(model.predictSync(rows));
  });
});

/** The parts of a file as a test may change them. */
interface Changeable {
  modelTopology: {
    class_name?: unknown;
    config: { layers: { class_name: unknown; config: Record<string, unknown> }[] };
    [key: string]: unknown;
  };
  weightsManifest: {
    paths: unknown;
    weights: Record<string, unknown>[];
  }[];
  [key: string]: unknown;
}

async function errorOf(change: (file: Changeable) => unknown, name = 'layers'): Promise<Error> {
  const copy = join(folder, 'copy');
  await cp(join(fixtures, name), copy, { recursive: true });
  const path = join(copy, 'model.json');
  const file = JSON.parse(await readFile(path, 'utf8')) as Changeable;
  const changed = change(file) ?? file;
  await writeFile(path, typeof changed === 'string' ? changed : JSON.stringify(changed));
  const error: unknown = await fromTensorFlowJs(path).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(LayerwiseError);
  return error as Error;
}

const layer = (file: Changeable, index: number) => {
  const found = file.modelTopology.config.layers[index];
  if (found === undefined) throw new Error(`no layer ${index}`);
  return found;
};
const group = (file: Changeable) => {
  const [found] = file.weightsManifest;
  if (found === undefined) throw new Error('no group');
  return found;
};
const set = (target: Record<string, unknown>, change: Record<string, unknown>) => {
  Object.assign(target, change);
};

describe('an error names the place in the file', () => {
  test.each<[what: string, change: (file: Changeable) => unknown, texts: string[]]>([
    ['no JSON', () => '{"a":', ['expected JSON']],
    ['another file', () => '{"class_name":"Sequential"}', ['with modelTopology', 'converted by']],
    ['no manifest', ({ weightsManifest: _, ...rest }) => rest, ['and weightsManifest']],
    [
      'a graph model',
      (file) => set(file, { modelTopology: { node: [] } }),
      ['a layers model', 'a graph model'],
    ],
    [
      'a layer that is not known',
      (file) => set(layer(file, 2) as never, { class_name: 'Conv1D' }),
      ['modelTopology.config.layers[2].class_name', '"Conv1D"'],
    ],
    [
      'the prototype as a layer',
      (file) => set(layer(file, 2) as never, { class_name: '__proto__' }),
      ['layers[2].class_name'],
    ],
    [
      'an activation that is not known',
      (file) => set(layer(file, 0).config, { activation: 'exponential' }),
      ['modelTopology.config.layers[0].config.activation', '"exponential"'],
    ],
    [
      'units that are no number',
      (file) => set(layer(file, 0).config, { units: 1e9 }),
      ['modelTopology.config.layers[0].config.units', '1000000000'],
    ],
    [
      'a rate that is none',
      (file) => set(layer(file, 3).config, { rate: 1.5 }),
      ['modelTopology.config.layers[3].rate', 'received 1.5'],
    ],
    [
      'an axis',
      (file) => set(layer(file, 1).config, { axis: 2 }),
      ['layers[1].config.axis', 'the last axis'],
    ],
    [
      'a relu with another end',
      (file) => set(layer(file, 10).config, { max_value: 5 }),
      ['layers[10].config.max_value', 'null or 6', 'received 5'],
    ],
    [
      'values of several axes',
      (file) => set(layer(file, 0).config, { batch_input_shape: [null, 3, 3] }),
      ['layers[0]', 'expected rows', '[3, 3]', 'Flatten'],
    ],
    [
      'a huge input',
      (file) => set(layer(file, 0).config, { batch_input_shape: [null, 2 ** 40] }),
      ['layers[0].config.batch_input_shape'],
    ],
    [
      'a weight of another shape',
      (file) => set(layer(file, 0).config, { units: 7 }),
      ['weightsManifest[0].weights[0].shape', "[3, 7] for kernel of the layer 'dense", '[3, 6]'],
    ],
    [
      'a weight that is not there',
      (file) => set(group(file).weights[0] as never, { name: 'other/kernel' }),
      ['weightsManifest', '/kernel of modelTopology.config.layers[0]'],
    ],
    [
      'two weights of one name',
      (file) => {
        group(file).weights.push({ ...group(file).weights[0], shape: [0] });
      },
      ['.name: expected one weight'],
    ],
    [
      'a type of numbers',
      (file) => set(group(file).weights[0] as never, { dtype: 'string' }),
      ['weightsManifest[0].weights[0].dtype', '"string"'],
    ],
    [
      'integers as weights',
      (file) => set(group(file).weights[0] as never, { dtype: 'int32' }),
      ['weightsManifest[0].weights[0].dtype', 'expected float32'],
    ],
    [
      'quantization',
      (file) => set(group(file).weights[0] as never, { quantization: { dtype: 'uint4' } }),
      ['weightsManifest[0].weights[0].quantization.dtype'],
    ],
    [
      'more bytes than there are',
      (file) => {
        group(file).weights.push({ name: 'more', shape: [2 ** 20, 2 ** 20], dtype: 'float32' });
      },
      ['weightsManifest[0]', 'bytes for its weights in weights.bin'],
    ],
    [
      'more bytes than numbers count',
      (file) => set(group(file).weights[0] as never, { shape: [2 ** 50, 2 ** 50] }),
      ['weightsManifest[0].weights[0].shape', '2^53'],
    ],
    [
      'a shard that is not there',
      (file) => set(group(file) as never, { paths: ['other.bin'] }),
      ['copy/other.bin: expected a file that can be read'],
    ],
  ])('%s', async (_, change, texts) => {
    const { message } = await errorOf(change);
    for (const text of texts) expect(message).toContain(text);
  });

  test.each([
    ['../weights.bin'],
    ['a/../../weights.bin'],
    ['/etc/hostname'],
    ['file:///etc/hostname'],
    ['https://example.com/weights.bin'],
    ['C:\\weights.bin'],
    ['..\\weights.bin'],
    ['weights.bin\0'],
    ['./weights.bin'],
    [''],
    [7],
  ])('a path that leaves the folder: %j', async (path) => {
    const error = await errorOf((file) => set(group(file) as never, { paths: [path] }));
    expect(error).toBeInstanceOf(FileFormatError);
    expect(error.message).toContain('weightsManifest[0].paths[0]');
  });

  test('a functional model that is no chain', async () => {
    const layers = (file: Changeable) => file.modelTopology.config.layers;
    const branches = await errorOf((file) => {
      const [, , hidden, output] = layers(file) as unknown as Record<string, unknown>[];
      set(output as never, { inbound_nodes: hidden?.inbound_nodes });
    }, 'functional');
    expect(branches.message).toContain('layers[3].inbound_nodes');
    expect(branches.message).toContain('one layer behind');
    const cycle = await errorOf((file) => {
      const [, flat, , output] = layers(file) as unknown as Record<string, unknown>[];
      set(flat as never, { inbound_nodes: [[[String(output?.name), 0, 0, {}]]] });
    }, 'functional');
    expect(cycle.message).toContain('a chain of all layers');
    const twoInputs = await errorOf((file) => {
      set(file.modelTopology.config as never, {
        input_layers: [
          ['a', 0, 0],
          ['b', 0, 0],
        ],
      });
    }, 'functional');
    expect(twoInputs.message).toContain(
      'config.input_layers: expected one input, received a and b',
    );
  });

  test('models that are nested without end', async () => {
    const { message } = await errorOf((file) => {
      const { config } = file.modelTopology;
      let model: unknown = layer(file, 0);
      for (let depth = 0; depth < 1000; depth++) {
        model = { class_name: 'Sequential', config: { name: 'm', layers: [model] } };
      }
      set(config as never, { layers: [model] });
    });
    expect(message).toContain('at most 20 models in each other');
  });

  test('a file that is not there', async () => {
    const reading = fromTensorFlowJs(join(folder, 'none.json'));
    await expect(reading).rejects.toThrow(ArgumentError);
  });
});

test('what has no twin here is noted where it matters to trainings alone', async () => {
  const copy = join(folder, 'copy');
  await mkdir(copy);
  await cp(join(fixtures, 'trained'), copy, { recursive: true });
  const path = join(copy, 'model.json');
  const file = JSON.parse(await readFile(path, 'utf8')) as Changeable;
  set(layer(file, 0).config, { kernel_constraint: { class_name: 'NonNeg', config: {} } });
  file.trainingConfig = {
    loss: 'categoricalHinge',
    optimizer_config: { class_name: 'Adamax', config: {} },
    metrics: ['cosineProximity', 'acc'],
  };
  await writeFile(path, JSON.stringify(file));
  const { training, notes } = await fromTensorFlowJs(path);
  expect(training).toEqual({ metrics: ['accuracy'] });
  expect(notes).toEqual([
    expect.stringContaining('kernel_constraint is not carried over'),
    expect.stringContaining('loss categoricalHinge'),
    expect.stringContaining('optimizer Adamax'),
    expect.stringContaining('metric cosineProximity'),
  ]);
});

test('numbers that are not finite are refused', async () => {
  const copy = join(folder, 'copy');
  await cp(join(fixtures, 'trained'), copy, { recursive: true });
  const weights = await readFile(join(copy, 'weights.bin'));
  weights.writeFloatLE(Number.NaN, 8);
  await writeFile(join(copy, 'weights.bin'), weights);
  const reading = fromTensorFlowJs(join(copy, 'model.json'));
  await expect(reading).rejects.toThrow(FileFormatError);
  await expect(reading).rejects.toThrow(
    /weights\[0\] '.*kernel': expected finite numbers, received NaN at index 2/,
  );
});

test('damaged files give typed errors or a model', async () => {
  const bytes = await readFile(modelAt('quantized'));
  const copy = join(folder, 'copy');
  await cp(join(fixtures, 'quantized'), copy, { recursive: true });
  const path = join(copy, 'model.json');
  const check = async (damaged: Uint8Array) => {
    await writeFile(path, damaged);
    const outcome: unknown = await fromTensorFlowJs(path).catch((reason: unknown) => reason);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(LayerwiseError);
  };
  await check(bytes.subarray(0, bytes.length / 2));
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (index, value) => {
      const damaged = Uint8Array.from(bytes);
      damaged[index] = value;
      await check(damaged);
    }),
    { numRuns: 100 },
  );
  // Any value of JSON in any place.
  const file: unknown = JSON.parse(bytes.toString('utf8'));
  const places = placesIn(file);
  await fc.assert(
    fc.asyncProperty(fc.nat(places.length - 1), fc.jsonValue(), async (index, value) => {
      const changed: unknown = structuredClone(file);
      replaceAt(changed, places[index] ?? [], value);
      await check(Buffer.from(JSON.stringify(changed)));
    }),
    { numRuns: 100 },
  );
});

function placesIn(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    [key],
    ...placesIn(item).map((place) => [key, ...place]),
  ]);
}

function replaceAt(value: unknown, [key = '', ...rest]: string[], by: unknown): void {
  const object = value as Record<string, unknown>;
  if (rest.length === 0) object[key] = by;
  else replaceAt(object[key], rest, by);
}
