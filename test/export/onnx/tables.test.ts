import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ModelProtoSchema } from '../../../lib/export/onnx/schema/onnx_pb.js';
import { dense, matrix, sequential } from '../../../lib/index.js';
import { TableModel, tableModel } from '../../../lib/tables/tableModel.js';
import { type DrawnTable, drawnTable } from './randomTables.js';
import { column, expectClose, run, type Tensor } from './runtime.js';

/** What onnxruntime makes of exported models of tables, from the columns as they stand in the table. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

async function outputsOf(
  columns: DrawnTable['columns'],
): Promise<Readonly<Record<string, Tensor>>> {
  const feeds = Object.entries(columns).map(
    async ([name, values]) => [name, await column(values)] as const,
  );
  return await run(at('m.onnx'), Object.fromEntries(await Promise.all(feeds)));
}

describe('an exported model of a table', () => {
  test.each([1, 2, 3, 4])('predicts classes by their names (seed %i)', async (seed) => {
    const { model, rows, columns } = drawnTable(seed, 'classes');
    const { inputs, outputs } = await model.export(at('m.onnx'));
    expect(inputs).toHaveLength(model.schema.columns.length);
    // A column is called so, too.
    expect(outputs.map(({ name }) => name)).toEqual(['prediction_2', 'probabilities']);
    const given = await outputsOf(columns);
    const wanted = await model.predict(rows, { unknown: 'ignore' });
    expect(Array.from(given.prediction_2?.data ?? [])).toEqual(wanted.predictions);
    expectClose(given.probabilities?.data, wanted.probabilities?.values ?? []);
  });

  test.each([1, 2])('predicts numbers with their intervals (seed %i)', async (seed) => {
    const { model, rows, columns } = drawnTable(seed, 'numbers');
    const { outputs } = await model.export(at('m.onnx'));
    expect(outputs.map(({ name }) => name)).toEqual(['prediction_2', 'lower', 'upper']);
    const given = await outputsOf(columns);
    const { predictions, lower, upper } = await model.predict(rows, { unknown: 'ignore' });
    expectClose(given.prediction_2?.data, predictions as Float64Array);
    expectClose(given.lower?.data, lower ?? []);
    expectClose(given.upper?.data, upper ?? []);
  });

  test('scales columns as each of several networks has learned them', async () => {
    const numbers = Array.from({ length: 40 }, (_, row) => Math.sin(row) * row);
    const rows = numbers.map((x) => ({ x, y: 3 * x + Math.cos(x) }));
    const options = { members: 2, scale: 'robust', network: 'tabular', intervals: 0.8 } as const;
    const model = tableModel({ target: 'y', hidden: [8], ...options });
    await model.fit(rows, { epochs: 3, threads: 1 });
    await model.export(at('m.onnx'));
    const given = await outputsOf({ x: Float64Array.from(numbers) });
    const { predictions, lower, upper } = await model.predict(rows);
    expectClose(given.prediction?.data, predictions as Float64Array);
    expectClose(given.lower?.data, lower ?? []);
    expectClose(given.upper?.data, upper ?? []);
  });

  test.each([1, 2])('scores rows as its detector does (seed %i)', async (seed) => {
    const { model, rows, columns } = drawnTable(seed, 'autoencoder');
    await model.export(at('m.onnx'));
    const scores = (await model.predict(rows, { unknown: 'ignore' })).predictions;
    expectClose((await outputsOf(columns)).score?.data, scores as Float64Array);

    const [network] = model.members;
    if (network.kind !== 'autoencoder') throw new Error('no autoencoder');
    const numbers = Array.from({ length: 50 * network.inputSize }, (_, place) => Math.sin(place));
    const usual = matrix(Float32Array.from(numbers), 50, network.inputSize);
    await network.detector(usual, { method: 'maximum', factor: 2 });
    await model.export(at('m.onnx'));
    const { score, anomaly } = await outputsOf(columns);
    const found = [...(await model.predict(rows, { unknown: 'ignore' }))];
    expectClose(
      score?.data,
      found.map(({ prediction }) => Number(prediction)),
    );
    const anomalies = found.map((each) => each.anomaly);
    expect(Array.from(anomaly?.data ?? [], Boolean)).toEqual(anomalies);
    expect(new Set(anomalies)).toEqual(new Set([true, false]));
  });

  test('takes the words and numbers that were named for missing values', async () => {
    const model = new TableModel({
      schema: {
        ...{ kind: 'table', header: true, missing: ['-999', 'not there', '0,5'], decimal: ',' },
        columns: [
          { name: 'size', type: 'number', mean: 3, deviation: 2, missingIndicator: true },
          { name: 'kind', type: 'text', categories: ['NA', 'a'], missingCategory: true },
        ],
        target: { name: 'y', type: 'number', mean: 0, deviation: 1 },
      },
      networks: [sequential([dense(1)], { inputSize: 5, seed: 2 }) as never],
    });
    await model.export(at('m.onnx'));
    const size = Float64Array.of(4, -999, 0.5, Number.NaN, 1);
    const kind = ['a', 'NA', 'Not There', '', 'null'];
    const rows = kind.map((text, row) => [['4', '-999', '0,5', '', '1'][row] ?? '', text]);
    const given = await outputsOf({ size, kind });
    const wanted = await model.predict(rows, { unknown: 'ignore' });
    expectClose(given.prediction?.data, wanted.predictions as Float64Array);
  });

  test('says in the file what goes in and what the classes are', async () => {
    const { model } = drawnTable(1, 'classes');
    await model.export(at('m.onnx'));
    const { graph, metadataProps } = fromBinary(ModelProtoSchema, await readFile(at('m.onnx')));
    const notes = graph?.input.map(({ name, docString }) => [name, docString]);
    expect(Object.fromEntries(notes ?? [])).toMatchObject({
      'number 0': 'NaN for a missing value',
      column: 'milliseconds since 1970-01-01, UTC; NaN for a missing value',
      town: '',
    });
    const [classes] = metadataProps;
    expect(classes?.key).toBe('classes');
    expect(JSON.parse(classes?.value ?? '')).toEqual(['아니오', 'no', 'maybe']);
  });

  test('is trained, and takes no options', async () => {
    await expect(tableModel({ target: 'y' }).export(at('m.onnx'))).rejects.toThrow(
      'model: expected a model that is trained',
    );
    const { model } = drawnTable(1, 'classes');
    await expect(model.export(at('m.onnx'), { part: 'score' } as never)).rejects.toThrow(
      'part: expected no options',
    );
  });
});
