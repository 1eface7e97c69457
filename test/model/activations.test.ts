import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  activation,
  autoencoder,
  batchNorm,
  DataError,
  denoisingAutoencoder,
  dense,
  dropout,
  type Matrix,
  type Model,
  maxout,
  multiOutput,
  residual,
  ShapeError,
  sequential,
} from '../../lib/index.js';
import { clusters, randomNumbers } from './data.js';

const rows = (count: number, columns: number) =>
  Float32Array.from({ length: count * columns }, randomNumbers(4));

/** The layers up to one of a plain model, as a model of their own. */
function cut(model: Model, layers: number): Matrix {
  const { inputSize, layers: all } = model.spec;
  const part = sequential(all.slice(0, layers), { inputSize });
  for (const { name } of part.parameters) part.setParameter(name, model.getParameter(name));
  return part.predictSync(rows(50, inputSize));
}

function expectSame(actual: Matrix | undefined, expected: Matrix | undefined): void {
  expect(actual).toMatchObject({ rows: expected?.rows, columns: expected?.columns });
  const difference = actual?.values.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - (expected?.values[at] ?? 0))),
    0,
  );
  expect(difference).toBeLessThan(2e-6);
}

const plain = () =>
  sequential(
    [
      dense(7, { activation: 'tanh' }),
      batchNorm(),
      dropout({ rate: 0.5 }),
      maxout(6, { pieces: 3 }),
      dense(5),
      activation('relu'),
      dense(3, { activation: 'softmax' }),
    ],
    { inputSize: 2, seed: 5 },
  );

const deep = () =>
  sequential(
    [
      dense(6, { activation: 'tanh' }),
      residual([dense(4, { activation: 'relu' }), dense(6, { tiedTo: 0 }), residual([dense(6)])]),
      residual([batchNorm(), dense(8)], { projection: true }),
      dense(3, { activation: 'softmax' }),
    ],
    { inputSize: 2, seed: 3 },
  );

describe('activations', () => {
  test('are what one-layer models give, also after training', async () => {
    const model = plain();
    await model.fit(clusters(60), { epochs: 2 });
    const layers = await model.activations(rows(50, 2));
    expect(
      layers.map(({ layer, path, type, outputs }) => [layer, path, type, outputs.columns]),
    ).toEqual([
      [0, 'layers[0]', 'dense', 7],
      [1, 'layers[1]', 'batchNorm', 7],
      [2, 'layers[2]', 'dropout', 7],
      [3, 'layers[3]', 'maxout', 6],
      [4, 'layers[4]', 'dense', 5],
      [5, 'layers[5]', 'activation', 5],
      [6, 'layers[6]', 'dense', 3],
    ]);
    for (const [index, { outputs }] of layers.entries()) expectSame(outputs, cut(model, index + 1));
  });

  test('of one layer are the bits of a prediction up to it', async () => {
    const model = plain();
    const [last, first] = await model.activations(rows(50, 2), { layers: [6, '0'], threads: 1 });
    expect(last?.outputs).toEqual(model.predictSync(rows(50, 2)));
    expect(first?.outputs).toEqual(cut(model, 1));
  });

  test('are found by number, by name and by path, as often as they are asked for', async () => {
    const model = deep();
    const names = [3, '1.0', 'layers[1].layers[0]', 'layers[0]', 3];
    const layers = await model.activations(rows(50, 2), { layers: names });
    expect(layers.map(({ path }) => path)).toEqual([
      'layers[3]',
      'layers[1].layers[0]',
      'layers[1].layers[0]',
      'layers[0]',
      'layers[3]',
    ]);
    expect(layers[1]?.outputs).toEqual(layers[2]?.outputs);
  });

  test('of layers within residual blocks are those of the layers before and them', async () => {
    const model = deep();
    await model.fit(clusters(60), { epochs: 2 });
    const names = ['0', '1.0', '1.1', '1.2.0', '1', '2.0', '2.1'];
    const found = await model.activations(rows(50, 2), { layers: names });
    const at = (name: string): Matrix => {
      const layer = found[names.indexOf(name)];
      if (layer === undefined) throw new Error(`no layer ${name}`);
      return layer.outputs;
    };
    // What goes into a block and what its layers make of it add up to what it gives.
    const sum = (a: Matrix, b: Matrix): Matrix => ({
      ...a,
      values: a.values.map((value, index) => value + (b.values[index] ?? 0)),
    });
    const inner = sum(at('1.1'), at('1.2.0'));
    expectSame(at('1'), sum(at('0'), inner));
    // By hand: relu(x Wᵀ + b), and the same weights back, with a bias of its own.
    const own = sequential([dense(4, { activation: 'relu' }), dense(6, { tiedTo: 0 })], {
      inputSize: 6,
    });
    for (const { name } of own.parameters) {
      const [module, tensor] = name.split('.');
      own.setParameter(name, model.getParameter(`2.layers.${module}.${tensor}`));
    }
    expectSame(at('1.1'), own.predictSync(at('0')));
    const mean = model.getParameter('3.layers.0.running_mean');
    const deviation = model.getParameter('3.layers.0.running_var').map((v) => Math.sqrt(v + 1e-5));
    const scale = model.getParameter('3.layers.0.weight');
    const shift = model.getParameter('3.layers.0.bias');
    const normalised = at('1').values.map((value, index) => {
      const of = (values: Float32Array) => values[index % 6] ?? 0;
      return ((value - of(mean)) / of(deviation)) * of(scale) + of(shift);
    });
    expectSame(at('2.0'), { ...at('1'), values: normalised });
    expect(at('2.1').columns).toBe(8);
  });

  test('are those of heads by their names', async () => {
    const model = multiOutput(
      [dense(8, { activation: 'relu' })],
      { heads: [dense(5, { activation: 'tanh' }), dense(2)], size: dense(1) },
      { inputSize: 3 },
    );
    const inputs = rows(20, 3);
    const layers = ['1.heads.0', '1.heads.1', 'layers[1].heads.size[0]', '1'];
    const [hidden, first, size, both] = await model.activations(inputs, { layers });
    const outputs = await model.predict(inputs);
    expect(hidden).toMatchObject({
      layer: 1,
      path: 'layers[1].heads.heads[0]',
      outputs: { columns: 5 },
    });
    expectSame(first?.outputs, outputs.heads);
    expectSame(size?.outputs, outputs.size);
    expect(both).toMatchObject({ type: 'heads', outputs: { rows: 20, columns: 3 } });
    expect(model.summary()).toMatch(/1\.heads\.0 +dense +8 +5 +tanh/);
  });

  test('of an autoencoder hold its code and its reconstruction, without the noise', async () => {
    const inputs = rows(30, 5);
    for (const model of [
      autoencoder({ inputSize: 5, hidden: [4], code: 2, tied: true }),
      denoisingAutoencoder({ inputSize: 5, hidden: [4], code: 2 }),
    ]) {
      await model.fit(inputs, { epochs: 1 });
      const layers = await model.activations(inputs);
      expectSame(
        layers.find(({ outputs }) => outputs.columns === 2)?.outputs,
        await model.encode(inputs),
      );
      expectSame(layers.at(-1)?.outputs, await model.reconstruct(inputs));
    }
  });

  test('of many rows are taken in parts', async () => {
    const model = plain();
    const many = rows(200_000, 2);
    const [first, last] = await model.activations(many, { layers: [0, 6] });
    expect([first?.outputs.rows, last?.outputs.rows]).toEqual([200_000, 200_000]);
    const end = last?.outputs.values.subarray(-150);
    const tail = (await model.activations(many.subarray(-100), { layers: [0, 6] }))[1];
    expect(end).toEqual(tail?.outputs.values);
  });

  test('are there while a run trains', async () => {
    const model = deep();
    const run = model.fit(clusters(60), { epochs: 200 });
    for await (const event of run) {
      if (event.type === 'epoch') break;
    }
    const layers = await model.activations(rows(50, 2), { layers: [0, '2.0', 3] });
    expect(layers.map(({ outputs }) => outputs.columns)).toEqual([6, 6, 3]);
    run.stop();
    await run;
  });

  test('of a network that overflows are what it gives', async () => {
    const layers = [dense(1), residual([dense(1)]), activation('tanh')];
    const model = sequential(layers, { inputSize: 1 });
    model.setParameter('0.weight', [3e38]);
    const found = await model.activations([[10], [0]], { layers: [0, 1, '1.0', 2] });
    expect(found.map(({ outputs }) => outputs.values[0])).toEqual([
      Number.POSITIVE_INFINITY,
      expect.anything(),
      expect.anything(),
      model.predictSync([[10]]).values[0],
    ]);
  });

  test('of no layers are none', async () => {
    expect(await plain().activations(rows(5, 2), { layers: [] })).toEqual([]);
  });

  test.each([
    [{ layers: [7] }, 'layers[0]', /0, 1, 2, 3, 4, 5 or 6, received 7\. Layers are counted from 0/],
    [{ layers: [0, -1] }, 'layers[1]', /received -1/],
    [{ layers: ['1.0'] }, 'layers[0]', /received "1\.0"/],
    [{ layers: ['layers[9]'] }, 'layers[0]', /received "layers\[9\]"/],
    [{ layers: [null] }, 'layers[0]', /received null/],
    [{ layers: 3 }, 'layers', /an array of numbers and names of layers, received 3/],
    [{ layer: [0] }, 'layer', /unknown option. Did you mean 'layers'\?/],
    [{ threads: 0 }, 'threads', /integer/],
    [[0], 'options', /an object/],
  ])('are refused for %o', async (options, path, message) => {
    const error = await plain()
      .activations(rows(5, 2), options as never)
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ path, message: expect.stringMatching(message) });
  });

  test('offer the nearest name', async () => {
    await expect(deep().activations(rows(5, 2), { layers: ['1.00'] })).rejects.toThrow(
      /Did you mean '1\.0'\?/,
    );
  });

  test('refuse rows that do not fit, whichever layer is asked for', async () => {
    for (const layers of [undefined, [3], ['2.1']]) {
      const options = layers === undefined ? {} : { layers };
      await expect(deep().activations([[1, 2, 3]], options)).rejects.toThrow(ShapeError);
      await expect(deep().activations([[1, Number.NaN]], options)).rejects.toThrow(DataError);
    }
  });
});

describe('summary', () => {
  test('says what is trainable, and shows no activation where there is none', () => {
    const model = deep().withFrozenLayers([0, 1]);
    const lines = model.summary().split('\n');
    expect(lines.slice(2)).toEqual([
      'layer  type       inputs  outputs  activation  parameters  trainable  memory',
      '-----  ---------  ------  -------  ----------  ----------  ---------  ------',
      '    0  dense           2        6  tanh                18          0    72 B',
      '    1  residual        6        6  -                    0          0     0 B',
      '  1.0  dense           6        4  relu                28          0   112 B',
      '  1.1  dense           4        6  linear               6          0    24 B',
      '  1.2  residual        6        6  -                    0          0     0 B',
      '1.2.0  dense           6        6  linear              42          0   168 B',
      '    2  residual        6        8  -                   48         48   192 B',
      '  2.0  batchNorm       6        6  -                   24         12    96 B',
      '  2.1  dense           6        8  linear              56         56   224 B',
      '    3  dense           8        3  softmax             27         27   108 B',
      '',
      expect.stringMatching(/^249 parameters \(996 B\), 143 of them trainable, native memory /),
    ]);
  });
});
