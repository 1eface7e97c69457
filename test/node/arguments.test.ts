/** What the addon says to arguments that it cannot use. */

import { describe, expect, test } from 'vitest';
import { type NativeRun, native } from '../../lib/native.js';
import {
  classificationData,
  classifierSpec,
  columns,
  endless,
  fitOptions,
  predictRows,
} from './programs/samples.mjs';

const addon = native();

/** The same functions for arguments that their types forbid. */
type Loose = Record<string, (...words: unknown[]) => unknown>;
const loose = (object: object): Loose => object as Loose;
const construct = (name: 'Dataset' | 'Network', ...words: unknown[]): object =>
  Reflect.construct(addon[name], words) as object;

const network = new addon.Network(classifierSpec());
const predict = network.rowPredictor() as (...words: unknown[]) => boolean;
const outputs = new Float32Array(3);
const data = classificationData(addon);
const floats = new Float32Array(columns);
const floatShape = { rows: 4, columns: 2, inputType: 'float32', target: 'none' } as const;

function ours(kind: string, path?: string): unknown {
  return expect.objectContaining({
    code: 'LAYERWISE',
    kind,
    path: path ?? expect.any(String),
    expected: expect.any(String),
    received: expect.any(String),
    remedy: expect.any(String),
    message: expect.stringContaining('expected'),
  });
}

describe('missing and wrong arguments', () => {
  const cases: [name: string, call: () => unknown, kind: string, path?: string][] = [
    ['Dataset()', () => construct('Dataset'), 'argument', 'data'],
    ['Dataset(3)', () => construct('Dataset', 3), 'argument', 'data'],
    ['Dataset([])', () => construct('Dataset', []), 'argument', 'data'],
    ['Dataset(function)', () => construct('Dataset', () => {}), 'argument', 'data'],
    ['Dataset without rows', () => construct('Dataset', {}), 'argument', 'data.rows'],
    ['Network()', () => construct('Network'), 'argument', 'spec'],
    ['Network(symbol)', () => construct('Network', Symbol('x')), 'argument', 'spec'],
    ['Network without layers', () => construct('Network', { inputSize: 1 }), 'argument', 'layers'],
    [
      'a layer with a function',
      () => construct('Network', { inputSize: 1, seed: 0, layers: [{ type: () => {} }] }),
      'argument',
      'layers[0].type',
    ],
    ['writeInputs()', () => loose(data).writeInputs?.(), 'argument', 'rowStart'],
    ['writeInputs(0)', () => loose(data).writeInputs?.(0), 'argument', 'inputs'],
    ['writeInputs(0, [])', () => loose(data).writeInputs?.(0, [1]), 'argument', 'inputs'],
    ['writeInputs(1.5)', () => loose(data).writeInputs?.(1.5, floats), 'argument', 'rowStart'],
    ['writeInputs(NaN)', () => loose(data).writeInputs?.(Number.NaN, floats), 'argument'],
    ['writeInputs(2**53)', () => loose(data).writeInputs?.(2 ** 53, floats), 'argument'],
    ['an Int8Array', () => loose(data).writeInputs?.(0, new Int8Array(4)), 'argument', 'inputs'],
    ['a BigInt64Array', () => loose(data).writeTargets?.(0, new BigInt64Array(1)), 'argument'],
    [
      'a DataView',
      () => loose(data).writeTargets?.(0, new DataView(new ArrayBuffer(8))),
      'argument',
    ],
    ['getParameter()', () => loose(network).getParameter?.(), 'argument', 'name'],
    ['getParameter(x)', () => network.getParameter('x'), 'argument', 'name'],
    ['getParameter(NUL)', () => network.getParameter('0.weight\0'), 'argument', 'name'],
    ['setParameter(n)', () => loose(network).setParameter?.('0.bias'), 'argument', '0.bias'],
    ['setParameter(short)', () => network.setParameter('0.bias', floats), 'shape', '0.bias'],
    ['rowPredictor(9)', () => network.rowPredictor(9), 'argument', 'from'],
    ['rowPredictor(1, 1)', () => network.rowPredictor(1, 1), 'argument', 'from, to'],
    ['predictRows()', () => predict(), 'argument', 'inputs'],
    ['predictRows(list)', () => predict([1], outputs), 'argument', 'inputs'],
    ['predictRows(inputs)', () => predict(floats), 'argument', 'output'],
    ['predictRows(part of a row)', () => predict(floats.subarray(1), outputs), 'shape', 'inputs'],
    ['predictRows(long output)', () => predict(floats, new Float32Array(4)), 'shape', 'output'],
    [
      'predict(options)',
      () => loose(network).predict?.(floats, 1, { rows: 1 }),
      'argument',
      'rows',
    ],
    ['predict(series)', () => network.predict(floats, 1, { series: -1 }), 'argument', 'series'],
    ['predict(threads)', () => network.predict(floats, 1, { threads: 0 }), 'argument', 'threads'],
    ['evaluate()', () => loose(network).evaluate?.(), 'argument', 'data'],
    ['evaluate(network)', () => loose(network).evaluate?.(network), 'argument', 'data'],
    ['evaluate(data)', () => loose(network).evaluate?.(data), 'argument', 'options'],
    ['fit()', () => loose(network).fit?.(), 'argument', 'data'],
    ['fit(data)', () => loose(network).fit?.(data), 'argument', 'options'],
    ['fit(data, {})', () => loose(network).fit?.(data, {}), 'argument', 'epochs'],
    [
      'fit(listener)',
      () => loose(network).fit?.(data, fitOptions(), 'listener'),
      'argument',
      'onEvents',
    ],
    [
      'fit(validation.dataset)',
      () => loose(network).fit?.(data, { ...fitOptions(), validation: { dataset: {} } }),
      'argument',
      'validation.dataset',
    ],
  ];

  test.each(cases)('%s', (_, call, kind, path) => {
    expect(call).toThrow(ours(kind, path));
  });
});

test('a member that is undefined is none, whatever its name', async () => {
  const options = { threads: undefined, precision: undefined, from: undefined, more: undefined };
  const given = await network.predict(floats, 1, options);
  expect(given).toEqual(await network.predict(floats, 1, {}));
  expect(() => loose(network).predict?.(floats, 1, { more: null })).toThrow(
    ours('argument', 'more'),
  );
});

describe('this', () => {
  const methods = Object.entries(Object.getOwnPropertyDescriptors(addon.Network.prototype));

  test.each(methods)('%s of a network refuses everything else', (name, { value, get }) => {
    if (name === 'constructor') return;
    const method = (value ?? get) as (...words: unknown[]) => unknown;
    const others = [undefined, null, 3, 'x', {}, data, Object.create(addon.Network.prototype)];
    for (const other of [...others, new Proxy(network, {}), addon.Network]) {
      expect(() => method.call(other)).toThrow(Error);
    }
  });

  test('classes need new', () => {
    expect(() => loose(addon).Network?.(classifierSpec())).toThrow(Error);
    expect(() => loose(addon).Dataset?.call(data, floatShape)).toThrow(Error);
  });

  test('subclasses work', () => {
    class Named extends addon.Network {
      readonly name = 'mine';
    }
    const named = new Named(classifierSpec());
    expect(named.name).toBe('mine');
    expect(named.inputSize).toBe(columns);
    expect(predictRows(named, floats)).toHaveLength(3);
    class Broken extends addon.Network {
      constructor() {
        super({ inputSize: -1, seed: 0, layers: [] });
      }
    }
    expect(() => new Broken()).toThrow(ours('argument', 'inputSize'));
  });

  test('a constructor for the prototype of another class makes neither', () => {
    const mixed = Reflect.construct(addon.Dataset, [floatShape], addon.Network) as object;
    expect(() => loose(mixed).layers?.()).toThrow(Error);
    expect(() => network.evaluate(mixed as never, {} as never)).toThrow(Error);
    expect(() => (mixed as { inputSize: number }).inputSize).toThrow(ours('argument', 'this'));
  });
});

describe('code that runs while arguments are read', () => {
  test('getters that throw throw their own error', () => {
    const failure = new Error('from the getter');
    const trap = () => {
      throw failure;
    };
    const options = Object.defineProperty({ ...fitOptions() }, 'seed', {
      get: trap,
      enumerable: true,
    });
    expect(() => network.fit(data, options, () => {})).toThrow(failure);
    expect(() => construct('Network', new Proxy({}, { ownKeys: trap }))).toThrow(failure);
    expect(() => construct('Dataset', new Proxy({ rows: 1 }, { get: trap }))).toThrow(failure);
  });

  test('revoked proxies are an error', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(() => construct('Network', proxy)).toThrow(Error);
    expect(() => network.fit(proxy as never, fitOptions(), () => {})).toThrow(Error);
    expect(() => network.fit(data, proxy as never, () => {})).toThrow(Error);
  });

  test('options that detach the inputs are seen', () => {
    const inputs = new Float32Array(columns);
    const options = {
      get threads() {
        structuredClone(inputs.buffer, { transfer: [inputs.buffer] });
        return 1;
      },
    };
    expect(() => network.predict(inputs, 1, options)).toThrow(ours('shape', 'inputs'));
  });

  test('options that train the network are seen', async () => {
    let inner: NativeRun | undefined;
    const options = {
      ...fitOptions(),
      get epochs() {
        inner ??= network.fit(data, endless, () => {});
        return 1;
      },
    };
    expect(() => network.fit(data, options, () => {})).toThrow(ours('state'));
    inner?.stop();
    await inner?.promise;
  });

  test('cycles, depth and masses of data are refused', () => {
    const cycle: Record<string, unknown> = {};
    cycle.layers = [cycle];
    let deep: unknown = 0;
    for (let i = 0; i < 10_000; i++) deep = [deep];
    for (const spec of [cycle, { layers: deep }, { layers: new Array(2 ** 32 - 1) }]) {
      expect(() => construct('Network', spec)).toThrow(ours('argument'));
    }
  });
});

describe('buffers', () => {
  test('detached ones are empty', () => {
    const inputs = new Float32Array(columns);
    structuredClone(inputs.buffer, { transfer: [inputs.buffer] });
    expect(() => predict(inputs, outputs)).toThrow(ours('shape', 'output'));
    expect(predict(inputs, new Float32Array(0))).toBe(true);
    expect(() => predict(floats, inputs)).toThrow(ours('shape', 'output'));
    expect(() => network.setParameter('0.bias', inputs)).toThrow(ours('shape', '0.bias'));
    new addon.Dataset(floatShape).writeInputs(0, inputs);
  });

  test('shared memory is read', () => {
    const shared = new Float32Array(new SharedArrayBuffer(4 * columns)).fill(0.5);
    const plain = new Float32Array(shared);
    expect(predictRows(network, shared)).toEqual(predictRows(network, plain));
  });

  test('resizable buffers are read at their present size', () => {
    const Resizable = ArrayBuffer as unknown as new (
      bytes: number,
      options: { maxByteLength: number },
    ) => ArrayBuffer & { resize(bytes: number): void };
    const buffer = new Resizable(8 * columns, { maxByteLength: 64 * columns });
    const tracking = new Float32Array(buffer);
    const fixed = new Float32Array(buffer, 0, 2 * columns);
    expect(predictRows(network, tracking)).toHaveLength(6);
    buffer.resize(4 * columns);
    expect(predictRows(network, tracking)).toHaveLength(3);
    expect(() => predict(fixed, outputs)).toThrow(ours('shape', 'output'));
    buffer.resize(0);
    expect(() => predict(tracking, outputs)).toThrow(ours('shape', 'output'));
  });

  test('views into the middle of a buffer are read where they stand', () => {
    const all = Float32Array.from({ length: 3 * columns }, (_, i) => Math.cos(i));
    const middle = all.subarray(columns, 2 * columns);
    expect(predictRows(network, middle)).toEqual(predictRows(network, middle.slice()));
  });

  test('results are arrays of their own', () => {
    const weight = network.getParameter('0.weight').fill(9);
    expect(network.getParameter('0.weight')).not.toEqual(weight);
  });
});

describe('sizes beyond all memory', () => {
  const narrow = new addon.Network({
    inputSize: 1,
    seed: 0,
    layers: [
      { type: 'dense', units: 1 },
      { type: 'dense', units: 2 ** 20, kernelInitializer: 'zeros' },
    ],
  });

  test('rows that need no input memory still need it for the output', () => {
    const rows = 2 ** 24; // 64 MiB of inputs, 64 TiB of outputs
    const inputs = new Float32Array(rows);
    expect(() => narrow.predict(inputs, rows, {})).toThrow(ours('memory'));
  });

  test('rows without inputs are an error of shape', () => {
    expect(() => network.predict(floats, 2 ** 31 - 1, {})).toThrow(ours('shape', 'inputs'));
  });

  test('data sets and networks', () => {
    const rows = 2 ** 31 - 1;
    expect(() => construct('Dataset', { ...floatShape, rows, columns: 2 ** 24 })).toThrow(
      ours('memory'),
    );
    const layers = [{ type: 'dense', units: 2 ** 24 }];
    expect(() => construct('Network', { inputSize: 2 ** 24, seed: 0, layers })).toThrow(Error);
  });

  test('batches', async () => {
    const shape = { rows: 2 ** 24, columns: 1, inputType: 'uint8', target: 'input' } as const;
    const wide = new addon.Dataset(shape);
    wide.writeInputs(0, new Uint8Array(shape.rows));
    const bottleneck = new addon.Network({
      inputSize: 1,
      seed: 0,
      layers: [
        { type: 'dense', units: 2 ** 20, kernelInitializer: 'zeros' },
        { type: 'dense', units: 1, kernelInitializer: 'zeros' },
      ],
    });
    const options = fitOptions({
      batchSize: shape.rows,
      loss: { type: 'meanSquaredError' },
      metrics: [],
    });
    const start = async () => bottleneck.fit(wide, options, () => {}).promise;
    await expect(start()).rejects.toMatchObject({ code: 'LAYERWISE', kind: 'memory' });
  });
});
