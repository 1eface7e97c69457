import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ArgumentError,
  activation,
  batchNorm,
  dense,
  gaussianSampling,
  type Layer,
  load,
  type Model,
  residual,
  ShapeError,
  sequential,
} from '../../lib/index.js';
import { normaliseNetwork, sizeAfter } from '../../lib/network/network.js';
import { clusters, randomNumbers } from './data.js';

const weightsOf = (model: Model) =>
  new Map(model.parameters.map(({ name }) => [name, model.getParameter(name)]));

const build = () =>
  sequential(
    [
      dense(6, { activation: 'tanh' }),
      residual([dense(4, { activation: 'relu' }), dense(6)]),
      residual([batchNorm(), activation('relu'), residual([dense(6)]), dense(8)], {
        projection: true,
      }),
      activation('relu'),
      dense(3, { activation: 'softmax' }),
    ],
    { inputSize: 2, seed: 3 },
  );

describe('a residual block', () => {
  const network = (layers: unknown) => normaliseNetwork({ inputSize: 4, layers });

  test('is filled with its defaults', () => {
    const spec = network([residual([dense(4)]), residual([dense(2)], { projection: true })]);
    const [first, second] = spec.layers;
    expect(first).toEqual({
      type: 'residual',
      layers: network([dense(4)]).layers,
      projection: false,
      projectionInitializer: { type: 'glorotUniform', gain: 1 },
      frozen: false,
    });
    expect(second).toMatchObject({ projection: true });
    expect(Object.isFrozen(first)).toBe(true);
    expect(sizeAfter(spec, 1)).toBe(4);
    expect(sizeAfter(spec)).toBe(2);
    expect(normaliseNetwork(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  const nested = (depth: number): Layer => (depth === 0 ? dense(4) : residual([nested(depth - 1)]));

  test.each([
    [[residual([])], 'layers[0].layers', ArgumentError],
    [[{ type: 'residual' }], 'layers[0].layers', ArgumentError],
    [[dense(4), residual([dense(0)])], 'layers[1].layers[0].units', ArgumentError],
    [[residual([dense(4), { type: 'dens' } as never])], 'layers[0].layers[1].type', ArgumentError],
    [[residual([dense(4)], { projektion: 1 } as never)], 'layers[0].projektion', ArgumentError],
    [[residual([dense(4)], { projection: 1 as never })], 'layers[0].projection', ArgumentError],
    [
      [residual([dense(4)], { projectionInitializer: { type: 'heNormal', gain: -1 } })],
      'layers[0].projectionInitializer.gain',
      ArgumentError,
    ],
    [[residual([dense(3)])], 'layers[0].layers', ShapeError],
    [[residual([dense(4), residual([dense(2)])])], 'layers[0].layers[1].layers', ShapeError],
    [[residual([dense(3), gaussianSampling()])], 'layers[0].layers[1]', ShapeError],
    [[nested(11)], `layers[0]${'.layers[0]'.repeat(10)}`, ArgumentError],
  ])('is refused: %o', (layers, path, kind) => {
    expect(() => network(layers)).toThrow(kind);
    expect(() => network(layers)).toThrow(expect.objectContaining({ path }));
  });

  test('may hold others, ten deep', () => {
    const model = sequential([nested(10)], { inputSize: 4 });
    const [row] = [[1, -2, 3, 0.5]];
    const inner = sequential([dense(4)], { inputSize: 4 });
    const name = `${'0.layers.'.repeat(10)}0.`;
    inner.setParameter('0.weight', model.getParameter(`${name}weight`));
    const expected = inner.predictSync([row]).values.map((y, i) => y + 10 * (row[i] as number));
    expectClose(model.predictSync([row]).values, expected);
  });
});

describe('a network of residual blocks', () => {
  test('adds to what goes in', async () => {
    const rows = Array.from({ length: 30 }, randomRow(7, 5));
    const layers = [dense(9, { activation: 'tanh' }), dense(5)];
    const plain = sequential(layers, { inputSize: 5, seed: 1 });
    const block = sequential([residual(layers)], { inputSize: 5, seed: 1 });
    const sum = plain.predictSync(rows).values.map((y, i) => y + (rows.flat()[i] as number));
    expectClose(block.predictSync(rows).values, sum);
    expectClose((await block.predict(rows)).values, sum);
  });

  test('projects what goes in to other columns', () => {
    const rows = Array.from({ length: 30 }, randomRow(8, 5));
    const inner = [dense(7, { activation: 'tanh' })];
    const block = sequential([residual(inner, { projection: true })], { inputSize: 5 });
    const parts = [inner, [dense(7, { bias: false })]].map((part) =>
      sequential(part, { inputSize: 5 }),
    );
    parts[0]?.setParameter('0.weight', block.getParameter('0.layers.0.weight'));
    parts[1]?.setParameter('0.weight', block.getParameter('0.projection.weight'));
    const [stack, shortcut] = parts.map((part) => part.predictSync(rows).values);
    expectClose(
      block.predictSync(rows).values,
      Float32Array.from(stack ?? [], (y, i) => y + (shortcut?.[i] as number)),
    );
  });

  test('names its tensors as a module of PyTorch would, and counts a block as one layer', () => {
    const parameters = build().parameters.map(({ name, layer }) => [name, layer]);
    expect(parameters).toEqual([
      ['0.weight', 0],
      ['0.bias', 0],
      ['2.layers.0.weight', 1],
      ['2.layers.0.bias', 1],
      ['2.layers.2.weight', 1],
      ['2.layers.2.bias', 1],
      ['3.projection.weight', 2],
      ['3.layers.0.weight', 2],
      ['3.layers.0.bias', 2],
      ['3.layers.0.running_mean', 2],
      ['3.layers.0.running_var', 2],
      ['3.layers.2.layers.0.weight', 2],
      ['3.layers.2.layers.0.bias', 2],
      ['3.layers.3.weight', 2],
      ['3.layers.3.bias', 2],
      ['5.weight', 4],
      ['5.bias', 4],
    ]);
  });

  test('has a summary with the layers inside', () => {
    const lines = build().summary().split('\n').slice(2, -2);
    expect(lines).toEqual([
      'layer  type        inputs  outputs  activation  parameters  trainable  memory',
      '-----  ----------  ------  -------  ----------  ----------  ---------  ------',
      '    0  dense            2        6  tanh                18         18    72 B',
      '    1  residual         6        6  -                    0          0     0 B',
      '  1.0  dense            6        4  relu                28         28   112 B',
      '  1.1  dense            4        6  linear              30         30   120 B',
      '    2  residual         6        8  -                   48         48   192 B',
      '  2.0  batchNorm        6        6  -                   24         12    96 B',
      '  2.1  activation       6        6  relu                 0          0     0 B',
      '  2.2  residual         6        6  -                    0          0     0 B',
      '2.2.0  dense            6        6  linear              42         42   168 B',
      '  2.3  dense            6        8  linear              56         56   224 B',
      '    3  activation       8        8  relu                 0          0     0 B',
      '    4  dense            8        3  softmax             27         27   108 B',
    ]);
  });

  test('names the layers inside in its statistics', async () => {
    const { statistics } = await build().fit(clusters(60), { epochs: 1, statistics: true });
    const places = statistics[0]?.layers.map(({ layer, path, type }) => [layer, path, type]);
    expect(places?.slice(0, 4)).toEqual([
      [0, 'layers[0]', 'dense'],
      [1, 'layers[1]', 'residual'],
      [1, 'layers[1].layers[0]', 'dense'],
      [1, 'layers[1].layers[1]', 'dense'],
    ]);
    expect(places).toHaveLength(12);
  });

  test('is frozen block by block', async () => {
    const model = build().withFrozenLayers([1, 2]);
    const before = weightsOf(model);
    await model.fit(clusters(60), { epochs: 1 });
    for (const { name, layer, trainable } of model.parameters) {
      expect(trainable).toBe(layer === 0 || layer === 4);
      expect(model.getParameter(name).join() === before.get(name)?.join()).toBe(!trainable);
    }
    expect(model.withFrozenLayers([]).spec).toEqual(build().spec);
  });
});

describe('saved and loaded', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('residual blocks come back with the same bits, and train on', async () => {
    const model = build();
    await model.fit(clusters(60), { epochs: 2 });
    const path = join(folder, 'residual.safetensors');
    await model.save(path);
    const again = await load(path);
    if (again.kind !== 'sequential') throw new Error(`a model of kind ${again.kind}`);
    expect(again.spec).toEqual(model.spec);
    expect(weightsOf(again)).toEqual(weightsOf(model));
    await model.fit(clusters(60), { epochs: 1 });
    await again.fit(clusters(60), { epochs: 1 });
    expect(weightsOf(again)).toEqual(weightsOf(model));
    const { inputs } = clusters(20);
    expect(again.predictSync(inputs)).toEqual(model.predictSync(inputs));
  });
});

function randomRow(seed: number, columns: number): () => number[] {
  const random = randomNumbers(seed);
  return () => Array.from({ length: columns }, () => 2 * random() - 1);
}

function expectClose(actual: Float32Array, expected: ArrayLike<number>): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i] as number, 4);
}
