import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ArgumentError,
  activation,
  batchNorm,
  DataError,
  dense,
  embedding,
  FileFormatError,
  LayerwiseError,
  layerNorm,
  type Model,
  maxout,
  prelu,
  residual,
  ShapeError,
  StateError,
  sequential,
} from '../../lib/index.js';
import { littleEndianBytes, writeSafetensors } from '../../lib/io/safetensors.js';
import { root } from '../examples/compile.js';
import { clusters } from './data.js';

/** Files that PyTorch has written (test/fixtures/make-torch-weights.py), and what its networks answer with them. */

const fixture = (name: string) => join(root, `test/fixtures/weights/${name}`);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const weightsOf = (model: Model) =>
  model.parameters.map(({ name }) => [name, model.getParameter(name)] as const);

/** The layers of the class of the same name in the script. */
const classifier = () =>
  sequential([dense(8), batchNorm(), activation('relu'), dense(3, { activation: 'softmax' })], {
    inputSize: 5,
    seed: 9,
  });
const torchNames = {
  '0.weight': 'fc1.weight',
  '0.bias': 'fc1.bias',
  '1.weight': 'norm.weight',
  '1.bias': 'norm.bias',
  '1.running_mean': 'norm.running_mean',
  '1.running_var': 'norm.running_var',
  '3.weight': 'fc2.weight',
  '3.bias': 'fc2.bias',
};
const kerasNames = {
  '0.weight': 'dense/kernel',
  '0.bias': 'dense/bias',
  '1.weight': 'batch_normalization/gamma',
  '1.bias': 'batch_normalization/beta',
  '1.running_mean': 'batch_normalization/moving_mean',
  '1.running_var': 'batch_normalization/moving_variance',
  '3.weight': 'dense_1/kernel',
  '3.bias': 'dense_1/bias',
};

async function expectAnswers(model: ReturnType<typeof classifier>, name: string) {
  const answers = JSON.parse(await readFile(fixture('outputs.json'), 'utf8'));
  const { values } = model.predictSync(answers.inputs);
  const expected = answers.outputs[name].flat() as number[];
  expect(values.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(values[index]).toBeCloseTo(value, 5);
}

describe('weights of a state_dict', () => {
  test('come by a map of names, and what is left over is listed', async () => {
    const model = classifier();
    const report = await model.loadWeights(fixture('classifier.safetensors'), {
      names: torchNames,
    });
    expect(report.loaded).toEqual(model.parameters.map(({ name }) => name));
    expect(report.ignored).toEqual(['norm.num_batches_tracked']);
    await expectAnswers(model, 'classifier');
  });

  test('come by a function of names', async () => {
    const model = classifier();
    const modules = ['fc1', 'norm', '', 'fc2'];
    await model.loadWeights(fixture('classifier.safetensors'), {
      names: (name, { layer }) => name.replace(/^\d+/, modules[layer] as string),
    });
    await expectAnswers(model, 'classifier');
  });

  test('of nn.Sequential need no names, and have any precision', async () => {
    const layers = [
      ...[dense(6), layerNorm(), prelu({ shared: false })],
      ...[dense(4, { bias: false, activation: 'tanh' }), dense(2)],
    ];
    const model = sequential(layers, { inputSize: 5 });
    const { ignored } = await model.loadWeights(fixture('precisions.safetensors'));
    expect(ignored).toEqual([]);
    // The nearest subnormal number of half precision.
    expect(model.getParameter('0.weight')[0]).toBe(5 * 2 ** -24);
    expect(Object.is(model.getParameter('0.weight')[2], -0)).toBe(true);
    await expectAnswers(model, 'precisions');
  });

  test('leave alone what null stands for', async () => {
    const model = classifier();
    const before = model.getParameter('3.weight');
    const names = { ...torchNames, '3.weight': null, '3.bias': null };
    const { loaded, ignored } = await model.loadWeights(fixture('classifier.safetensors'), {
      names,
    });
    expect(model.getParameter('3.weight')).toEqual(before);
    expect(loaded).not.toContain('3.weight');
    expect(ignored).toEqual(['norm.num_batches_tracked', 'fc2.bias', 'fc2.weight']);
  });
});

describe('weights in the layout of Keras', () => {
  test('are turned over', async () => {
    const model = classifier();
    await model.loadWeights(fixture('keras.safetensors'), { names: kerasNames, layout: 'keras' });
    await expectAnswers(model, 'keras');
  });

  test('are those of every layer of products, and not of embeddings', async () => {
    const layers = [
      embedding({ columns: [{ input: 0, levels: 3, units: 2 }] }),
      maxout(3, { pieces: 2 }),
      residual([dense(4)], { projection: true }),
    ];
    const model = sequential(layers, { inputSize: 2, seed: 3 });
    const turned = model.parameters.map(({ name, shape }) => {
      const values = model.getParameter(name);
      const isKernel = shape.length === 2 && !name.includes('columns');
      if (!isKernel) return [name, { shape, values }] as const;
      const [rows, columns] = shape as [number, number];
      const other = values.map(
        (_, at) => values[(at % rows) * columns + Math.floor(at / rows)] ?? 0,
      );
      return [name, { shape: [columns, rows], values: other }] as const;
    });
    const path = join(folder, 'turned.safetensors');
    await writeSafetensors(path, new Map(turned), {});
    const copy = sequential(layers, { inputSize: 2, seed: 4 });
    await copy.loadWeights(path, { layout: 'keras' });
    expect(weightsOf(copy)).toEqual(weightsOf(model));
  });
});

describe('an error', () => {
  test.each<[what: string, file: string, options: object, Class: unknown, texts: string[]]>([
    [
      'of a missing tensor offers the nearest name',
      'classifier',
      { names: { ...torchNames, '3.weight': 'fc_2.weight' } },
      ArgumentError,
      ["tensor 'fc_2.weight'", 'for 3.weight of the model', "Did you mean 'fc2.weight'?"],
    ],
    [
      'of names that nobody gave lists those of the file',
      'classifier',
      {},
      ArgumentError,
      [
        "tensor '0.weight'",
        'The file has norm.num_batches_tracked, fc1.bias, fc1.weight',
        "names: { '0.weight': '…' }",
      ],
    ],
    [
      'of the wrong layout says which one fits',
      'keras',
      { names: kerasNames },
      ShapeError,
      ["tensor 'dense/kernel'", '[8, 5] for 0.weight', '[5, 8]', "layout: 'keras'"],
    ],
    [
      'of another shape names the tensor',
      'classifier',
      { names: { ...torchNames, '0.bias': 'fc2.bias' } },
      ShapeError,
      ["tensor 'fc2.bias'", 'shape [8] for 0.bias', '[3]'],
    ],
    [
      'of numbers that are counts',
      'classifier',
      { names: { ...torchNames, '0.bias': 'norm.num_batches_tracked' } },
      ShapeError,
      ["tensor 'norm.num_batches_tracked'", 'received []'],
    ],
    [
      'of names of tensors that the model does not have',
      'classifier',
      { names: { ...torchNames, '3.wieght': 'fc2.weight' } },
      ArgumentError,
      ['names.3.wieght', "Did you mean '3.weight'?"],
    ],
    ['of a name that is none', 'classifier', { names: () => 3 }, ArgumentError, ['names.0.weight']],
    ['of names that are none', 'classifier', { names: 'fc1' }, ArgumentError, ['names: expected']],
    ['of a layout', 'classifier', { layout: 'torch' }, ArgumentError, ['pytorch and keras']],
    ['of an option', 'classifier', { name: {} }, ArgumentError, ["Did you mean 'names'?"]],
    [
      'of the prototype as a name',
      'classifier',
      { names: JSON.parse('{"__proto__":"fc1.weight"}') },
      ArgumentError,
      ['names.__proto__'],
    ],
  ])('%s', async (_, file, options, Class, texts) => {
    const model = classifier();
    const before = weightsOf(model);
    const error: unknown = await model
      .loadWeights(fixture(`${file}.safetensors`), options)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Class);
    for (const text of texts) expect((error as Error).message).toContain(text);
    expect(weightsOf(model)).toEqual(before);
  });

  test.each([
    ['1.running_var', -1, 'a finite variance of at least 0', '-1'],
    ['3.bias', Number.NaN, 'a finite number', 'NaN'],
    ['3.bias', Number.POSITIVE_INFINITY, 'a finite number', 'Infinity'],
  ])('of %s with %s names the element, and nothing has changed', async (name, value, ...texts) => {
    const model = classifier();
    const tensors = weightsOf(model).map(([own, values]) => {
      if (own === name) values[1] = value;
      return [own, { shape: shapeOf(model, own), values }] as const;
    });
    const path = join(folder, 'w.safetensors');
    await writeSafetensors(path, new Map(tensors), {});
    const other = sequential([dense(8), batchNorm(), activation('relu'), dense(3)], {
      inputSize: 5,
      seed: 2,
    });
    const before = weightsOf(other);
    const loading = other.loadWeights(path);
    await expect(loading).rejects.toThrow(DataError);
    for (const text of [`tensor '${name}'[1]`, ...texts]) {
      await expect(loading).rejects.toThrow(text);
    }
    expect(weightsOf(other)).toEqual(before);
  });

  test('of float64 that is too large for float32', async () => {
    const header = '{"0.bias":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}';
    const path = join(folder, 'large.safetensors');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const data = littleEndianBytes(Float64Array.of(1e300));
    await writeFile(path, Buffer.concat([length, Buffer.from(header), data]));
    const model = sequential([dense(1)], { inputSize: 1 });
    const loading = model.loadWeights(path, { names: { '0.weight': null } });
    await expect(loading).rejects.toThrow(
      "tensor '0.bias'[0]: expected a finite number of float32",
    );
  });

  test.each([
    ['weights.pth', 'safetensors.torch.save_file'],
    ['model.weights.h5', 'safetensors.numpy.save_file'],
  ])('of the format of %s says how to save the weights', async (name, text) => {
    await writeFile(join(folder, name), `PK\u0003\u0004${'x'.repeat(100)}`);
    const loading = classifier().loadWeights(join(folder, name));
    await expect(loading).rejects.toThrow(FileFormatError);
    await expect(loading).rejects.toThrow(text);
  });

  test('of a file that is not there', async () => {
    const loading = classifier().loadWeights(join(folder, 'none.safetensors'));
    await expect(loading).rejects.toThrow(ArgumentError);
  });

  test('of a model that trains', async () => {
    const model = sequential([dense(1)], { inputSize: 2 });
    await model.save(join(folder, 'm.safetensors'));
    const { inputs } = clusters(50);
    const run = model.fit({ inputs, targets: Array(50).fill(1) }, { epochs: 1e6 });
    await expect(model.loadWeights(join(folder, 'm.safetensors'))).rejects.toThrow(StateError);
    run.stop();
    await run;
  });
});

test('damaged files are refused or read, and never change a part of the model', async () => {
  const bytes = await readFile(fixture('classifier.safetensors'));
  const path = join(folder, 'damaged.safetensors');
  const model = classifier();
  const before = weightsOf(model);
  const check = async (damaged: Uint8Array) => {
    await writeFile(path, damaged);
    try {
      await model.loadWeights(path, { names: torchNames });
    } catch (error) {
      expect(error).toBeInstanceOf(LayerwiseError);
      expect(weightsOf(model)).toEqual(before);
      return;
    }
    for (const [name, values] of before) model.setParameter(name, values);
  };
  for (const length of [0, 7, 8, 100, bytes.length - 1]) await check(bytes.subarray(0, length));
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (index, value) => {
      const damaged = Uint8Array.from(bytes);
      damaged[index] = value;
      await check(damaged);
    }),
    { numRuns: 60 },
  );
});

function shapeOf(model: Model, name: string): readonly number[] {
  return model.parameters.find((parameter) => parameter.name === name)?.shape ?? [];
}
