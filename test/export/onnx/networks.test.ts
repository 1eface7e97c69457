import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ExportedNetwork, exportNetwork } from '../../../lib/export/onnx/networks.js';
import {
  ArgumentError,
  type Autoencoder,
  autoencoder,
  dense,
  matrix,
  sequential,
} from '../../../lib/index.js';
import { activationTable } from '../../../lib/network/generated.js';
import { normaliseNetwork } from '../../../lib/network/network.js';
import { RandomStream } from '../../../lib/random.js';
import {
  allLayers,
  anyActivation,
  drawnAutoencoder,
  drawnLayers,
  drawnMultiOutput,
  drawnSequential,
  networkOf,
} from './randomModels.js';
import { expectClose, floats, run, type Tensor } from './runtime.js';

/** What onnxruntime makes of exported networks, beside what they say themselves. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

async function outputsOf(
  model: { readonly inputSize: number },
  rows: Float32Array,
): Promise<Readonly<Record<string, Tensor>>> {
  return await run(at('m.onnx'), { input: await floats(rows, model.inputSize) });
}

describe('an exported network', () => {
  test.each(activationTable.map(({ name }) => name))('computes %s', async (name) => {
    const random = new RandomStream(5, 5);
    for (let round = 0; round < 2; round++) {
      const activation = anyActivation(random, 7, name);
      const { model, rows } = networkOf({ type: 'dense', units: 7, activation }, 5);
      await model.export(at('m.onnx'));
      const { output } = await outputsOf(model, rows);
      expectClose(output?.data, (await model.predict(matrix(rows, 9, 5))).values);
    }
  });

  test('is drawn from all layers that there are', () => {
    expect([...drawnLayers].sort()).toEqual([...allLayers].sort());
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('predicts as the model does (seed %i)', async (seed) => {
    const { model, rows } = drawnSequential(seed);
    const { outputs } = await model.export(at('m.onnx'));
    const { output } = await outputsOf(model, rows);
    expect(outputs).toEqual([
      { name: 'output', type: 'float', shape: ['batch', model.outputSize] },
    ]);
    expectClose(output?.data, model.predictSync(matrix(rows, 9, model.inputSize)).values);
  });
});

describe('an exported network of several outputs', () => {
  test.each([1, 2])('gives each by its name (seed %i)', async (seed) => {
    const { model, rows } = drawnMultiOutput(seed);
    const exported = await model.export(at('m.onnx'));
    const outputs = await outputsOf(model, rows);
    const wanted = model.predictSync(matrix(rows, 9, model.inputSize));
    // A head that is called as the input has another name in the file.
    expect(exported.outputs.map(({ name }) => name)).toEqual(['price', 'input_2', 'kind']);
    expectClose(outputs.price?.data, wanted.price?.values ?? []);
    expectClose(outputs.input_2?.data, wanted.input?.values ?? []);
    expectClose(outputs.kind?.data, wanted.kind?.values ?? []);
  });
});

describe('an exported autoencoder', () => {
  test.each([1, 2, 3, 4, 5, 6])('computes all of its parts (seed %i)', async (seed) => {
    const { model, rows } = drawnAutoencoder(seed);
    const inputs = matrix(rows, 9, model.inputSize);
    await model.export(at('m.onnx'));
    const { reconstruction } = await outputsOf(model, rows);
    expectClose(reconstruction?.data, (await model.reconstruct(inputs)).values);

    const codes = await model.encode(inputs);
    await model.export(at('m.onnx'), { part: 'encoder' });
    const { code } = await outputsOf(model, rows);
    expectClose(code?.data, codes.values);

    await model.export(at('m.onnx'), { part: 'decoder' });
    const decoded = await run(at('m.onnx'), {
      code: await floats(codes.values, model.codeSize),
    });
    expectClose(decoded.reconstruction?.data, (await model.decode(codes)).values);

    const { outputs } = await model.export(at('m.onnx'), { part: 'score' });
    expect(outputs).toEqual([{ name: 'score', type: 'float', shape: ['batch'] }]);
    const { score } = await outputsOf(model, rows);
    expectClose(score?.data, await model.score(inputs));
  });

  test('scores rows by its detector, and fills in what is missing as that does', async () => {
    const { model, rows } = tableAutoencoder();
    const inputs = matrix(rows, 12, model.inputSize);
    const detector = await model.detector(inputs, { method: 'quantile', quantile: 0.7 });
    const { outputs } = await model.export(at('m.onnx'), { part: 'score' });
    expect(outputs).toEqual([
      { name: 'score', type: 'float', shape: ['batch'] },
      { name: 'anomaly', type: 'bool', shape: ['batch'] },
    ]);
    const { score, anomaly } = await outputsOf(model, rows);
    expectClose(score?.data, await detector.score(inputs));
    const found = await detector.detect(inputs, { explain: 'none' });
    expect(Array.from(anomaly?.data ?? [], Boolean)).toEqual(found.map((each) => each.anomaly));
    expect(found.filter((each) => each.anomaly)).toHaveLength(4);
  });

  test('scores rows by a threshold that was set by hand', async () => {
    const { model, rows } = drawnAutoencoder(2);
    const scores = await model.score(matrix(rows, 9, model.inputSize));
    const threshold = [...scores].sort((a, b) => a - b)[4] as number;
    model.setThreshold(threshold * 1.0001);
    await model.export(at('m.onnx'), { part: 'score' });
    const { anomaly } = await outputsOf(model, rows);
    expect(Array.from(anomaly?.data ?? [], Number).filter((each) => each === 1)).toHaveLength(4);
  });
});

/** With columns of a number, of categories that may be missing, and of a number that may be missing. */
function tableAutoencoder(): { model: Autoencoder; rows: Float32Array<ArrayBuffer> } {
  const model = autoencoder({ inputSize: 8, hidden: [6], code: 3, seed: 4 });
  model.columns = [
    'speed',
    { name: 'colour', inputs: 4, missing: true },
    'flow',
    { name: 'power', inputs: 2, missing: true },
  ];
  const random = new RandomStream(8, 8);
  const rows = Float32Array.from({ length: 12 * 8 }, (_, at) => {
    const column = at % 8;
    const row = Math.floor(at / 8);
    if (column >= 1 && column <= 4) return column - 1 === row % 4 ? 1 : 0;
    if (column === 7) return row % 3 === 0 ? 1 : 0;
    return column === 6 && row % 3 === 0 ? 0 : random.normal();
  });
  return { model: model as unknown as Autoencoder, rows };
}

describe('exporting', () => {
  const model = () => sequential([dense(2)], { inputSize: 3, seed: 1 });

  test('replaces an older file as a whole, or leaves it as it is', async () => {
    await writeFile(at('m.onnx'), 'older');
    await model().export(at('m.onnx'));
    expect((await readFile(at('m.onnx'))).includes('layerwise')).toBe(true);
    await writeFile(at('m.onnx'), 'older');
    await expect(exportNetwork(at('m.onnx'), tooLarge())).rejects.toThrow(ArgumentError);
    expect(await readFile(at('m.onnx'), 'utf8')).toBe('older');
    expect(await readdir(folder)).toEqual(['m.onnx']);
  });

  test('says how many bytes the file has', async () => {
    const { bytes } = await model().export(at('m.onnx'));
    expect((await readFile(at('m.onnx'))).byteLength).toBe(bytes);
  });

  test('refuses what ONNX has no room for', async () => {
    await expect(exportNetwork(at('m.onnx'), tooLarge())).rejects.toThrow(
      'model: expected a network that takes less than 2.15 GB, as a file of ONNX does, received ' +
        '2.42 GB. Export a part of it, or a smaller network; save has no such bound.',
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test('refuses parts that there are not', async () => {
    // @ts-expect-error a sequential model has none
    await expect(model().export(at('m.onnx'), { part: 'encoder' })).rejects.toThrow(
      'part: expected no such option for a model that is no autoencoder, received "encoder". ' +
        'Leave it out: the whole network is exported.',
    );
    const other = autoencoder({ inputSize: 4, code: 2 });
    // @ts-expect-error no part of it
    await expect(other.export(at('m.onnx'), { part: 'code' })).rejects.toThrow(
      'part: expected one of reconstruction, encoder, decoder and score, received "code".',
    );
    await expect(model().export('')).rejects.toThrow('path: expected the path of a file');
    expect(await readdir(folder)).toEqual([]);
  });
});

/** Eighteen layers that share the memory of one, as nothing is computed. */
function tooLarge(): ExportedNetwork {
  const size = 5800;
  const layers = Array(18).fill({ type: 'dense', units: size, bias: false });
  const spec = normaliseNetwork({ inputSize: size, seed: 0, layers });
  const values = new Float32Array(size * size);
  const tensors = spec.layers.map(
    (_, at) => [`${at}.weight`, { shape: [size, size], values }] as const,
  );
  return { spec, tensors: new Map(tensors) };
}
