import { readdir, readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { autoencoder, dense, load, matrix, sequential } from '../../../lib/index.js';
import { bytes, column, expectClose, floats, run } from '../../export/onnx/runtime.js';
import { jsonLines, layerwise } from '../process.js';
import { Workspace } from '../samples.js';

/** `layerwise export`, and what onnxruntime makes of the files that it writes. */

let work: Workspace;
beforeAll(async () => {
  work = await Workspace.create();
});
afterAll(() => work.remove());

const exported = (model: string, out: string, ...flags: string[]) =>
  layerwise(['export', work.path(model), work.path(out), ...flags]);

describe('a model of a table with texts and missing values', () => {
  const colours = ['red', 'green', 'blue', ''];
  const rows = Array.from({ length: 300 }, (_, row) => ({
    size: row % 7 === 0 ? Number.NaN : Math.round(Math.sin(row) * 1e4) / 1e3,
    colour: colours[row % 4] ?? '',
    open: row % 3 === 0 ? 'yes' : 'no',
    bought: row % 4 === 1 || Math.sin(row) > 0.7 ? 'ja' : 'nein',
  }));
  const lines = rows.map(({ size, colour, open, bought }) =>
    [Number.isNaN(size) ? 'NA' : size, colour, open, bought].join(','),
  );

  test('predicts in onnxruntime what it predicts here', async () => {
    const table = await work.write('t.csv', `size,colour,open,bought\n${lines.join('\n')}\n`);
    const model = work.path('t.safetensors');
    const trained = await layerwise([
      'train',
      table,
      '--target',
      'bought',
      '--epochs',
      '3',
      '--members',
      '2',
      '--out',
      model,
    ]);
    expect(trained).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await exported('t.safetensors', 't.onnx');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('input   size           double  [batch, 1]');
    expect(stdout).toContain('output  probabilities  float   [batch, 2]');
    const given = await run(work.path('t.onnx'), {
      size: await column(Float64Array.from(rows, ({ size }) => size)),
      colour: await column(rows.map(({ colour }) => colour)),
      open: await column(rows.map((row) => row.open)),
    });
    const { predictions, probabilities } = await (await load(model, 'table')).predict(table);
    expect(Array.from(given.prediction?.data ?? [])).toEqual(predictions);
    expectClose(given.probabilities?.data, probabilities?.values ?? []);
  });
});

describe('a model of images', () => {
  test('takes the values of the images as they are', async () => {
    const { images, labels } = await work.writeDigits(60);
    const model = work.path('d.safetensors');
    const words = ['train', images, '--labels', labels, '--hidden', '8', '--epochs', '1'];
    expect(await layerwise([...words, '--out', model])).toMatchObject({ code: 0 });
    const [report] = jsonLines((await exported('d.safetensors', 'd.onnx', '--json')).stdout);
    expect(report).toMatchObject({
      ...{ type: 'exported', model, path: work.path('d.onnx'), opset: 17 },
      inputs: [{ name: 'image', type: 'uint8', shape: ['batch', 28, 28] }],
    });
    const pixels = new Uint8Array(gunzipSync(await readFile(images)).subarray(16));
    const given = await run(work.path('d.onnx'), { image: await bytes(pixels, [60, 28, 28]) });
    const network = await load(model, 'sequential');
    const inputs = matrix(pixels, 60, 784, { scale: 1 / 255 });
    const { values } = await network.predict(inputs);
    expectClose(given.probabilities?.data, values);
    expect(given.prediction?.data).toHaveLength(60);
    expect(given.prediction?.data[0]).toMatch(/^\d$/);
  });
});

describe('a model that a program has saved', () => {
  test('takes what its network takes', async () => {
    const model = sequential([dense(2, { activation: 'tanh' })], { inputSize: 3, seed: 1 });
    await model.save(work.path('n.safetensors'));
    expect(await exported('n.safetensors', 'n.onnx')).toMatchObject({ code: 0 });
    const rows = Float32Array.of(1, 2, 3, -1, 0, 1);
    const { output } = await run(work.path('n.onnx'), { input: await floats(rows, 3) });
    expectClose(output?.data, model.predictSync(matrix(rows, 2, 3)).values);
  });

  test('is exported in parts where it is an autoencoder', async () => {
    const model = autoencoder({ inputSize: 3, code: 1, seed: 1 });
    await model.save(work.path('a.safetensors'));
    const [report] = jsonLines(
      (await exported('a.safetensors', 'a.onnx', '--part', 'encoder', '--json')).stdout,
    );
    expect(report?.outputs).toEqual([{ name: 'code', type: 'float', shape: ['batch', 1] }]);
    const { code, stderr } = await exported('n.safetensors', 'b.onnx', '--part', 'encoder');
    expect(code).toBe(2);
    expect(stderr).toContain('expected an autoencoder, of which a part can be exported');
    expect(await readdir(work.folder)).not.toContain('b.onnx');
  });

  test('is not taken for the file to be written', async () => {
    const { code, stderr } = await exported('n.onnx', 'c.onnx');
    expect(code).toBe(2);
    expect(stderr).toContain('The model comes first, then the file to be written.');
  });
});
