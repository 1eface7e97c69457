import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArgumentError, DataError, load, StateError } from '../../lib/index.js';
import { RandomStream } from '../../lib/random.js';
import { type ObjectRow, type TableModel, tableModel } from '../../lib/tables/index.js';

/** Pumps: the flow follows from the speed, and the state says whether it is high. Some readings are missing. */
function pumps(count: number, seed: number): ObjectRow[] {
  const stream = new RandomStream(seed);
  return Array.from({ length: count }, (_, row) => {
    const speed = 1000 + 200 * stream.normal();
    const flow = row % 20 === 0 ? null : speed / 40 + stream.normal() / 5;
    return { speed, flow, state: speed > 1000 ? 'high' : 'low', room: 20 + 3 * stream.normal() };
  });
}

let folder = '';
let model: TableModel;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'layerwise-detector-'));
  model = tableModel({ autoencoder: true });
  await model.fit(pumps(1500, 1), { epochs: 40 });
  await model.detector(pumps(1500, 2), { method: 'contamination', contamination: 0.005 });
});

afterAll(() => rm(folder, { recursive: true }));

const ordinary = { speed: 1200, flow: 30, state: 'high', room: 21 };

describe('a detector of a table', () => {
  test('has to be told how its threshold is found', async () => {
    const options = [] as unknown as [never];
    const error: unknown = await model.detector(pumps(9, 1), ...options).catch((cause) => cause);
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as ArgumentError).message).toBe(
      'options: expected an object with one of the methods contamination, quantile, sigma and maximum, ' +
        "received undefined. Write { method: 'contamination', contamination: 0.01 } behind the rows, say.",
    );
  });

  test('says in the terms of the table what is wrong with a row', async () => {
    const detector = model.anomalyDetector;
    const rows = [
      ordinary,
      { ...ordinary, flow: 12 },
      { ...ordinary, state: 'low', speed: 1300, flow: 32.5 },
    ];
    const [good, flow, state] = (await detector?.detect(rows, { columns: 1 })) ?? [];
    expect(good).toMatchObject({ anomaly: false, columns: [] });
    expect(flow).toMatchObject({ anomaly: true, columns: [{ name: 'flow', value: 12 }] });
    expect(Math.abs(Number(flow?.columns[0]?.expected) - 30)).toBeLessThan(3);
    expect(state?.columns[0]).toMatchObject({ name: 'state', value: 'low', expected: 'high' });
    expect(JSON.parse(JSON.stringify(flow))).toEqual(flow);
    expect(detector?.rule).toEqual({ method: 'contamination', contamination: 0.005 });
    expect(detector?.rows).toBe(1500);
  });

  test('scores rows as predictions do, one or many', async () => {
    const rows = [ordinary, { ...ordinary, flow: null }];
    const scores = Array.from((await model.anomalyDetector?.score(rows)) ?? []);
    const predictions = await model.predict(rows);
    expect([...predictions].map(({ prediction }) => prediction)).toEqual(scores);
    for (const [index, row] of rows.entries()) {
      const one = model.predictSync(row);
      expect(one.prediction).toBeCloseTo(scores[index] as number, 4);
      expect(one.anomaly).toBe(false);
    }
  });

  test('is saved with the model', async () => {
    const file = path.join(folder, 'pumps.safetensors');
    await model.save(file);
    const again = await load(file, 'table');
    const rows = [ordinary, { ...ordinary, flow: 12 }];
    expect(await again.anomalyDetector?.detect(rows)).toEqual(
      await model.anomalyDetector?.detect(rows),
    );
  });

  test('wants rows of its columns, and no model of classes', async () => {
    const rule = { method: 'maximum' } as const;
    await expect(model.detector([{ speed: 1 }], rule)).rejects.toThrow(DataError);
    const classifier = tableModel({ target: 'state', members: 1 });
    await classifier.fit(pumps(60, 3), { epochs: 1 });
    expect(classifier.anomalyDetector).toBeNull();
    await expect(classifier.detector(pumps(60, 3), rule)).rejects.toThrow(StateError);
  });
});
