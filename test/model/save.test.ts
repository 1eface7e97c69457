import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ArgumentError,
  autoencoder,
  batchNorm,
  DataError,
  dense,
  FileFormatError,
  load,
  type Model,
  matrix,
  multiOutput,
  sequential,
  sgd,
} from '../../lib/index.js';
import { type FloatTensor, openSafetensors, writeSafetensors } from '../../lib/io/safetensors.js';
import { packageVersion } from '../../lib/version.js';
import { clusters, randomNumbers } from './data.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const weightsOf = (model: Model) =>
  model.parameters.map(({ name }) => [name, model.getParameter(name)] as const);

async function trained() {
  const layers = [
    dense(8, { activation: { type: 'leakyRelu', slope: 0.2 } }),
    batchNorm(),
    dense(4, { bias: false }),
    dense(3, { activation: 'softmax' }),
  ] as const;
  const model = sequential(layers, { inputSize: 2, seed: 11 });
  await model.fit(clusters(100), { epochs: 2 });
  return model;
}

describe('a saved model', () => {
  test('comes back with the same bits', async () => {
    const model = await trained();
    model.annotations = { classes: ['a', 'b', 'c'], scale: [0.5, 1e-300], nested: { ok: null } };
    await model.save(at('m.safetensors'));
    const again = await load(at('m.safetensors'));
    if (again.kind !== 'sequential') throw new Error(`a model of kind ${again.kind}`);
    expect(again.spec).toEqual(model.spec);
    expect(again.annotations).toEqual(model.annotations);
    expect(weightsOf(again)).toEqual(weightsOf(model));
    const { inputs } = clusters(50);
    expect(again.predictSync(inputs)).toEqual(model.predictSync(inputs));
    expect(await readdir(folder)).toEqual(['m.safetensors']);
  });

  test('comes back as it is where it was never used, and so do its copies', async () => {
    const kernelInitializer = 'orthogonal';
    const layers = [dense(8, { kernelInitializer }), batchNorm(), dense(3)] as const;
    const model = sequential(layers, { inputSize: 4, seed: 11 });
    const copy = model.withFrozenLayers([0]);
    await model.save(at('m'));
    expect(weightsOf(await load(at('m'), 'sequential'))).toEqual(weightsOf(model));
    expect(weightsOf(copy)).toEqual(weightsOf(model));
    expect(weightsOf(sequential(layers, { inputSize: 4, seed: 11 }))).toEqual(weightsOf(model));
  });

  test('trains on as the original does', async () => {
    const model = await trained();
    await model.save(at('m'));
    const again = await load(at('m'));
    if (again.kind !== 'sequential') throw new Error(`a model of kind ${again.kind}`);
    await model.fit(clusters(100), { epochs: 1 });
    await again.fit(clusters(100), { epochs: 1 });
    expect(weightsOf(again)).toEqual(weightsOf(model));
  });

  test('is the same file when it is saved again', async () => {
    const model = await trained();
    await model.save(at('a'));
    await (await load(at('a'))).save(at('b'));
    expect(await readFile(at('b'))).toEqual(await readFile(at('a')));
  });

  test('of an autoencoder is one again', async () => {
    const model = autoencoder({ inputSize: 6, hidden: [5], code: 2, seed: 3 });
    await model.save(at('m'));
    const again = await load(at('m'));
    if (again.kind !== 'autoencoder') throw new Error(`a model of kind ${again.kind}`);
    expect(again.codeSize).toBe(2);
    const inputs = Float32Array.from({ length: 24 }, randomNumbers(5));
    expect(await again.encode(inputs)).toEqual(await model.encode(inputs));
    expect(await again.reconstruct(inputs)).toEqual(await model.reconstruct(inputs));
  });

  test('has the names, the layouts and the metadata that others read', async () => {
    const model = sequential([dense(3, { activation: 'relu' }), dense(1)], { inputSize: 2 });
    await model.save(at('m'));
    const file = await openSafetensors(at('m'));
    const shapes = [...file.tensors].map(([name, { dtype, shape }]) => [name, dtype, shape]);
    expect(shapes).toEqual([
      ['0.weight', 'F32', [3, 2]],
      ['0.bias', 'F32', [3]],
      ['2.weight', 'F32', [1, 3]],
      ['2.bias', 'F32', [1]],
    ]);
    expect(file.metadata.get('format')).toBe('pt');
    expect(file.metadata.get('layerwise.version')).toBe(packageVersion());
    expect(JSON.parse(file.metadata.get('layerwise') ?? '')).toEqual({
      version: 1,
      kind: 'sequential',
      spec: model.spec,
      annotations: {},
    });
    await file.close();
  });

  test('is of one epoch while the model trains', async () => {
    // Two heads begin alike and learn alike: they differ where two epochs are mixed.
    const head = (units: number) => dense(units, { kernelInitializer: 'zeros' });
    const heads = { first: head(8), between: head(1024), second: head(8) };
    const model = multiOutput([], heads, { inputSize: 512 });
    const numbers = (columns: number) =>
      matrix(Float32Array.from({ length: 4 * columns }, randomNumbers(columns)), 4, columns);
    const targets = { first: numbers(8), between: numbers(1024), second: numbers(8) };
    const options = { epochs: 1_000_000, optimizer: sgd({ learningRate: 1e-4 }) };
    const run = model.fit({ inputs: numbers(512), targets }, options);
    for (let save = 0; save < 10; save++) {
      await model.save(at('m'));
      const saved = await load(at('m'), 'multiOutput');
      const [first, , , , second] = saved.parameters.map(({ name }) => saved.getParameter(name));
      expect(first).toEqual(second);
    }
    run.stop();
    expect((await run).epochs.length).toBeGreaterThan(1);
  });

  test('keeps the older file when it cannot be saved', async () => {
    const model = await trained();
    await model.save(at('m'));
    const before = await readFile(at('m'));
    const hostile: Record<string, unknown> = { a: 1 };
    model.annotations = hostile;
    hostile.a = Number.NaN;
    await expect(model.save(at('m'))).rejects.toThrow(/annotations\.a/);
    expect(await readFile(at('m'))).toEqual(before);
  });
});

describe('load refuses', () => {
  const spec = { inputSize: 2, seed: 0, layers: [{ type: 'dense', units: 1 }] };
  const mirror = { ...spec, layers: [{ type: 'dense', units: 2 }] };
  const record = { version: 1, kind: 'sequential', spec, annotations: {} };
  const tensor = (shape: number[]): FloatTensor => ({
    shape,
    values: new Float32Array(shape.reduce((product, size) => product * size, 1)),
  });
  const tensors = { '0.weight': tensor([1, 2]), '0.bias': tensor([1]) };

  async function attempt(
    given: Record<string, FloatTensor>,
    metadata: Record<string, string>,
  ): Promise<FileFormatError> {
    await writeSafetensors(at('m'), new Map(Object.entries(given)), metadata);
    const error: unknown = await load(at('m')).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(FileFormatError);
    expect(await readdir(folder)).toEqual(['m']);
    return error as FileFormatError;
  }
  const withRecord = (change: object) => ({ layerwise: JSON.stringify({ ...record, ...change }) });

  test('nothing of a file that is right', async () => {
    await writeSafetensors(at('m'), new Map(Object.entries(tensors)), withRecord({}));
    expect((await load(at('m'))).kind).toBe('sequential');
  });

  test('a file of something else', async () => {
    const error = await attempt(tensors, { format: 'pt' });
    expect(error.path).toBe(at('m'));
    expect(error.message).toMatch(/saved by layerwise/);
  });

  test.each<[metadata: object | string, place: string]>([
    ['no JSON', ''],
    ['null', ': model'],
    [{ version: 2 }, ': version'],
    [{ version: '1' }, ': version'],
    [{ kind: 'other' }, ': kind'],
    [{ kind: 'autoencoder', codeLayer: 0 }, ': spec'],
    [{ kind: 'autoencoder', spec: mirror }, ': codeLayer'],
    [{ kind: 'autoencoder', spec: mirror, codeLayer: 0 }, ': codeLayer'],
    [{ codeLayer: 0 }, ': codeLayer'],
    [{ more: 1 }, ': more'],
    [{ annotations: [] }, ': annotations'],
    [{ spec: undefined }, ': spec'],
    [{ spec: { ...spec, inputSize: 0 } }, ': spec.inputSize'],
    [{ spec: { ...spec, layers: [] } }, ': spec.layers'],
    [{ spec: { ...spec, layers: [{ type: 'dense', units: -1 }] } }, ': spec.layers[0].units'],
    [{ spec: { ...spec, layers: [{ type: 'dens', units: 1 }] } }, ': spec.layers[0].type'],
    [{ spec: { ...spec, extra: 1 } }, ': spec.extra'],
  ])('the record %o', async (change, place) => {
    const metadata = typeof change === 'string' ? { layerwise: change } : withRecord(change);
    const error = await attempt(tensors, metadata);
    expect(error.path).toBe(`${at('m')}: metadata 'layerwise'${place}`);
  });

  const newer = 'The file was written by layerwise 99.1.0, and this is ';
  test.each<[change: object, place: string]>([
    [{ version: 2 }, ': version'],
    [{ more: 1 }, ': more'],
    [{ spec: { ...spec, extra: 1 } }, ': spec.extra'],
    [{ spec: { ...spec, layers: [{ type: 'later', units: 1 }] } }, ': spec.layers[0].type'],
  ])('what a newer version added, and names that version: %o', async (change, place) => {
    const record = withRecord(change);
    const error = await attempt(tensors, { ...record, 'layerwise.version': '99.1.0' });
    expect(error.path).toBe(`${at('m')}: metadata 'layerwise'${place}`);
    expect(error.remedy).toContain(newer);
    // The remedy is for newer versions alone.
    const ours = await attempt(tensors, { ...record, 'layerwise.version': packageVersion() });
    expect(ours.message).not.toContain('was written by');
  });

  test('tensors that a newer version added', async () => {
    const more = { ...tensors, '1.weight': tensor([1]) };
    const error = await attempt(more, { ...withRecord({}), 'layerwise.version': '99.1.0' });
    expect(error.remedy).toContain(newer);
  });

  test.each<[given: Record<string, FloatTensor>, name: string, message: RegExp]>([
    [{ '0.weight': tensor([1, 2]) }, '0.bias', /no such tensor/],
    [{ ...tensors, '1.weight': tensor([1]) }, '1.weight', /only tensors of the spec/],
    [{ ...tensors, '0.weight': tensor([2, 1]) }, '0.weight', /\[1, 2\].*\[2, 1\]/],
    [{ ...tensors, '0.weight': tensor([2]) }, '0.weight', /\[1, 2\].*\[2\]/],
    [
      { ...tensors, '0.bias': { shape: [1], values: new Float32Array([Number.NaN]) } },
      '0.bias',
      /finite/,
    ],
  ])('the tensors %o', async (given, name, message) => {
    const error = await attempt(given, withRecord({}));
    expect(error.path).toBe(`${at('m')}: tensor '${name}'`);
    expect(error.message).toMatch(message);
  });

  test('a spec of huge layers before memory is taken for them', async () => {
    const units = 2 ** 24;
    const huge = { inputSize: units, seed: 0, layers: [{ type: 'dense', units }] };
    const error = await attempt(tensors, withRecord({ spec: huge }));
    expect(error.path).toBe(`${at('m')}: tensor '0.weight'`);
  });

  test('another type of element', async () => {
    const header = Buffer.from(
      JSON.stringify({
        __metadata__: withRecord({}),
        '0.weight': { dtype: 'F64', shape: [1, 2], data_offsets: [0, 16] },
        '0.bias': { dtype: 'F32', shape: [1], data_offsets: [16, 20] },
      }),
    );
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(header.length));
    await writeFile(at('m'), Buffer.concat([prefix, header, Buffer.alloc(20)]));
    await expect(load(at('m'))).rejects.toThrow(/tensor '0\.weight'.*F32.*received F64/);
  });

  test('statistics that no batch has, and names the element', async () => {
    const model = await trained();
    const values = model.getParameter('2.running_var');
    values[5] = -0.25;
    expect(() => model.setParameter('2.running_var', values)).toThrow(DataError);
    expect(() => model.setParameter('2.running_var', values)).toThrow(
      expect.objectContaining({ path: '2.running_var[5]', received: '-0.25' }),
    );
    await model.save(at('m'));
    const file = await openSafetensors(at('m'));
    const tensors = new Map<string, FloatTensor>();
    for (const { name, shape } of model.parameters) {
      const own = name === '2.running_var' ? values : await file.readFloat32(name);
      tensors.set(name, { shape, values: own });
    }
    await writeSafetensors(at('wrong'), tensors, Object.fromEntries(file.metadata));
    await file.close();
    await expect(load(at('wrong'))).rejects.toThrow(FileFormatError);
    await expect(load(at('wrong'))).rejects.toMatchObject({
      path: `${at('wrong')}: tensor '2.running_var'`,
      received: '-0.25 at index 5',
    });
  });

  test('a folder and a file that is not there', async () => {
    await expect(load(folder)).rejects.toThrow(/expected a file|EISDIR/);
    const loading = load(at('none'));
    await expect(loading).rejects.toThrow(ArgumentError);
    await expect(loading).rejects.toMatchObject({
      path: at('none'),
      expected: 'a file that can be read',
      received: 'no such file',
      remedy: 'Check the path; it is taken relative to the current folder.',
      cause: { code: 'ENOENT' },
    });
  });

  test('every damaged copy of a real file, or loads it', async () => {
    const model = sequential([dense(2, { activation: 'tanh' })], { inputSize: 2 });
    await model.save(at('m'));
    const bytes = await readFile(at('m'));
    const edits = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(edits, fc.option(fc.nat(bytes.length)), async (changes, cut) => {
        const copy = Buffer.from(bytes);
        for (const [index, value] of changes) copy[index] = value;
        await writeFile(at('m'), cut === null ? copy : copy.subarray(0, cut));
        try {
          const again = await load(at('m'));
          expect(['sequential', 'autoencoder']).toContain(again.kind);
        } catch (error) {
          expect(error).toBeInstanceOf(FileFormatError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('tensors of a file', () => {
  test('come back with the same bits, NaN and infinities too', async () => {
    const values = new Float32Array(
      new Uint32Array([0x7fc00001, 0xff800000, 1, 0x80000000]).buffer,
    );
    await writeSafetensors(at('t'), new Map([['x', { shape: [2, 2], values }]]), {});
    const file = await openSafetensors(at('t'));
    const again = await file.readFloat32('x');
    expect(new Uint32Array(again.buffer)).toEqual(new Uint32Array(values.buffer));
    await expect(file.readFloat32('y')).rejects.toThrow(FileFormatError);
    await file.close();
  });

  test('may be part of a larger array', async () => {
    const values = matrix(new Float32Array([0, 1, 2, 3]), 2, 2).values.subarray(1, 3);
    const tensors = new Map([['x', { shape: [2], values: values as Float32Array }]]);
    await writeSafetensors(at('t'), tensors, {});
    const file = await openSafetensors(at('t'));
    expect(await file.readFloat32('x')).toEqual(new Float32Array([1, 2]));
    await file.close();
  });
});
