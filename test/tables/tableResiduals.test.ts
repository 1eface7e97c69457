import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load, StateError } from '../../lib/index.js';
import { type TableModel, tableModel } from '../../lib/tables/index.js';
import { layerwise } from '../cli/process.js';
import { Workspace } from '../cli/samples.js';
import { randomNumbers } from '../model/data.js';

/** Power follows from the speed and the kind of a pump. */
function pumps(count: number, seed: number) {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => {
    const [speed, kind] = [1000 + 200 * random(), random() < 0.5 ? 'old' : 'new'];
    return { speed, kind, power: speed / 50 + (kind === 'old' ? 3 : 0) + random() / 10 };
  });
}

let work: Workspace;
let model: TableModel;
const rule = { method: 'contamination', contamination: 0.01 } as const;
const ordinary = { speed: 1100, kind: 'new', power: 22.05 };
const rows = [ordinary, { ...ordinary, power: 12 }, { ...ordinary, power: null }];

beforeAll(async () => {
  work = await Workspace.create();
  model = tableModel({ target: 'power', members: 2 });
  await model.fit(pumps(400, 1), { epochs: 60, threads: 1 });
  await model.detector(pumps(400, 2), rule);
});

afterAll(() => work.remove());

describe('the detector of a model that predicts a number', () => {
  test('finds rows whose target is far from what it says', async () => {
    const detector = model.anomalyDetector;
    expect(detector).toMatchObject({ rule, rows: 400 });
    const [good, wrong, unknown] = (await detector?.detect(rows)) ?? [];
    expect(good).toMatchObject({ anomaly: false, columns: [] });
    expect(wrong).toMatchObject({
      anomaly: true,
      columns: [{ name: 'power', value: 12, share: 1 }],
    });
    expect(Math.abs(Number(wrong?.columns[0]?.expected) - 22)).toBeLessThan(2);
    expect(unknown).toEqual({ score: 0, anomaly: false, columns: [] });
    const arrays = rows.map(({ speed, kind, power }) => [speed, kind, power]);
    expect(await detector?.score(arrays)).toEqual(await detector?.score(rows));
    await expect(detector?.score([{ speed: 1100, kind: 'new' }])).rejects.toThrow('rows[0].power');
    await expect(detector?.detect([])).rejects.toThrow('at least one row');
  });

  test('stands beside intervals on the command line', async () => {
    const both = tableModel({ target: 'power', members: 1, intervals: 0.8 });
    await both.fit(pumps(100, 1), { epochs: 2, threads: 1 });
    await both.detector(pumps(100, 2), rule);
    const file = work.path('both.safetensors');
    await both.save(file);
    const data = await work.write('both.csv', 'power,speed,kind\n22.05,1100,new\n');
    const { stdout } = await layerwise(['predict', file, data]);
    const [header, fields] = stdout.split('\n').map((line) => line.split(',').slice(3));
    expect(header).toEqual(['prediction', 'lower', 'upper', 'anomaly_score', 'anomaly']);
    const { prediction, lower, upper } = both.predictSync(ordinary);
    for (const [at, value] of [prediction, lower, upper].entries()) {
      expect(Number(fields?.[at])).toBeCloseTo(Number(value), 3);
    }
    expect(fields?.[4]).toMatch(/^[01]$/);
  });

  test('is saved in the file, which the command line serves', async () => {
    const file = work.path('model.safetensors');
    await model.save(file);
    const again = await load(file, 'table');
    expect(await again.anomalyDetector?.detect(rows)).toEqual(
      await model.anomalyDetector?.detect(rows),
    );
    const data = await work.write(
      'rows.csv',
      'power,speed,kind\n22.05,1100,new\n12,1100,new\n,1100,new\n',
    );
    const { stdout, code } = await layerwise(['predict', file, data]);
    expect(code).toBe(0);
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head).toBe('power,speed,kind,prediction,anomaly_score,anomaly');
    const fields = lines.map((line) => line.split(','));
    expect(fields.map((each) => each[5])).toEqual(['0', '1', '0']);
    const scores = (await model.anomalyDetector?.score(rows)) ?? [];
    expect(Number(fields[1]?.[4]) / Number(scores[1])).toBeCloseTo(1, 4);
    expect(fields[2]?.[4]).toBe('');
    const plain = await work.write('plain.csv', 'speed,kind\n1100,new\n');
    expect((await layerwise(['predict', file, plain])).stdout).toMatch(/^speed,kind,prediction\n/);
  });

  test('belongs to its weights, and to numbers', async () => {
    const own = tableModel({ target: 'power', members: 1 });
    await own.fit(pumps(60, 3), { epochs: 1, threads: 1 });
    const detector = await own.detector(pumps(60, 3), { method: 'maximum' });
    const file = work.path('single.safetensors');
    await own.save(file);
    const network = await load(file, 'sequential');
    await network.save(file);
    expect((await load(file, 'table')).anomalyDetector).toBeNull();
    await own.fit(pumps(60, 3), { epochs: 1, threads: 1 });
    expect(own.anomalyDetector).toBeNull();
    await expect(detector.score(rows)).rejects.toThrow(StateError);
    const classifier = tableModel({ target: 'kind', members: 1 });
    await classifier.fit(pumps(60, 3), { epochs: 1, threads: 1 });
    await expect(classifier.detector(pumps(9, 1), rule)).rejects.toThrow('predicts classes');
    expect(classifier.anomalyDetector).toBeNull();
  });
});
