import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TableSchema } from '../../lib/data/tableSchema.js';
import {
  autoencoder,
  DataError,
  dense,
  FileFormatError,
  load,
  sequential,
} from '../../lib/index.js';
import { TableModel } from '../../lib/tables/tableModel.js';

let folder = '';
const at = (name: string) => path.join(folder, `${name}.safetensors`);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'layerwise-table-model-'));
});

afterAll(() => rm(folder, { recursive: true }));

const columns: TableSchema['columns'] = [
  { name: 'speed', type: 'number', mean: 10, deviation: 2, missingIndicator: true },
  { name: 'colour', type: 'text', categories: ['blue', 'red'], missingCategory: false },
];
const classes: TableSchema = {
  kind: 'table',
  header: true,
  columns,
  target: { name: 'y', type: 'classes', classes: ['no', 'yes'], numeric: false },
};
const numbers: TableSchema = {
  ...classes,
  target: { name: 'y', type: 'number', mean: 100, deviation: 5 },
};
const classifier = (seed: number) =>
  sequential([dense(2, { activation: 'softmax' })], { inputSize: 4, seed });
const regressor = (seed: number) => sequential([dense(1)], { inputSize: 4, seed });

describe('a model of a table', () => {
  test('predicts classes by their names, with their probabilities', async () => {
    const network = classifier(1);
    const model = new TableModel({ schema: classes, networks: [network] });
    const expected = network.predictSync([[-1, 0, 0, 1]]).values;
    const one = model.predictSync({ speed: 8, colour: 'red' });
    expect(one.probabilities).toEqual({ no: expected[0], yes: expected[1] });
    expect(one.prediction).toBe((expected[0] ?? 0) > (expected[1] ?? 0) ? 'no' : 'yes');
    const many = await model.predict([
      { speed: '8', colour: ' red ' },
      [8, 'red'],
      { colour: 'red', speed: 8n, other: {} as never },
    ]);
    expect([...many]).toEqual([one, one, one]);
    expect([...model.predictSync([{ speed: 8, colour: 'red' }, [8, 'red']])]).toEqual([one, one]);
    expect(JSON.parse(JSON.stringify(many))).toHaveLength(3);
    expect(many.probabilities?.columns).toBe(2);
  });

  test('predicts numbers in the unit of the target', () => {
    const network = regressor(3);
    const model = new TableModel({ schema: numbers, networks: [network] });
    const [output = 0] = network.predictSync([[0, 1, 1, 0]]).values;
    const { prediction } = model.predictSync({ speed: null, colour: 'blue' });
    expect(prediction).toBe(output * 5 + 100);
  });

  test('predicts tables, and tells who gives it a single row how that is written', async () => {
    const model = new TableModel({ schema: numbers, networks: [regressor(1)] });
    await expect(model.predict({ speed: 3, colour: 'red' } as never)).rejects.toThrow(
      'a single row is written as [row], and predictSync takes it alone.',
    );
    const { predictions } = await model.predict([{ speed: 3, colour: 'red' }]);
    expect(predictions).toHaveLength(1);
  });

  test('gives the mean of its networks', async () => {
    const networks = [regressor(1), regressor(2), regressor(3)];
    const model = new TableModel({ schema: numbers, networks });
    const single = networks.map((network) => {
      const alone = new TableModel({ schema: numbers, networks: [network] });
      return Number(alone.predictSync([12, 'red']).prediction);
    });
    const mean = single.reduce((sum, value) => sum + value, 0) / 3;
    expect(model.predictSync([12, 'red']).prediction).toBeCloseTo(mean, 4);
    expect((await model.predict([[12, 'red']])).predictions[0]).toBeCloseTo(mean, 4);
  });

  test('says how unusual a row is, as an autoencoder', async () => {
    const network = autoencoder({ inputSize: 4, code: 2 });
    const schema = { ...classes, target: null };
    const model = new TableModel({ schema, networks: [network] });
    const [score = 0] = await network.score([[1, 0, 0, 1]]);
    expect(model.predictSync([12, 'red'])).toEqual({ prediction: score });
    network.setThreshold(score / 2);
    expect(model.predictSync([12, 'red'])).toEqual({ prediction: score, anomaly: true });
    expect([...(await model.predict([[12, 'red']]))]).toEqual([
      { prediction: score, anomaly: true },
    ]);
  });

  test.each([
    [{ speed: 3 }, 'row.colour'],
    [{ speed: 3, color: 'red' }, 'row.colour'],
    [{ speed: 'fast', colour: 'red' }, 'row'],
    [{ speed: 3, colour: 'green' }, 'row'],
    [{ speed: [3], colour: 'red' }, 'row.speed'],
    [[3], 'row'],
    ['3', 'row'],
    [null, 'row'],
  ])('refuses %o', (row, place) => {
    const model = new TableModel({ schema: classes, networks: [classifier(1)] });
    const predicting = () => model.predictSync(row as never);
    expect(predicting).toThrow(DataError);
    expect(predicting).toThrow(`${place}: expected`);
  });

  test('takes unknown texts for none of the known ones where it may', () => {
    const network = classifier(1);
    const model = new TableModel({ schema: classes, networks: [network] });
    const [no] = network.predictSync([[-1, 0, 0, 0]]).values;
    const row = { speed: 8, colour: 'green' };
    expect(model.predictSync(row, { unknown: 'ignore' }).probabilities?.no).toBe(no);
    expect(() => model.predictSync(row, { unknown: 'both' as never })).toThrow(/unknown: expected/);
  });

  test('refuses networks that do not belong to its table', () => {
    const build = (schema: TableSchema, network: never) => () =>
      new TableModel({ schema, networks: [network] });
    expect(build(classes, sequential([dense(2)], { inputSize: 3 }) as never)).toThrow(/3 inputs/);
    expect(build(classes, regressor(1) as never)).toThrow(/1 outputs/);
    expect(build(classes, autoencoder({ inputSize: 4, code: 1 }) as never)).toThrow(
      FileFormatError,
    );
    expect(build({ ...classes, target: null }, regressor(1) as never)).toThrow(FileFormatError);
  });
});

describe('a file of a model of a table', () => {
  test('gives it back', async () => {
    const training = { file: 'a.csv', rows: 5 };
    const model = new TableModel({ schema: classes, networks: [classifier(1)], training });
    model.annotations = { mine: [1, 2] };
    await model.save(at('one'));
    const again = await load(at('one'));
    if (again.kind !== 'table') throw new Error(again.kind);
    expect(again.schema).toEqual(classes);
    expect(again.training).toEqual(training);
    expect(again.annotations).toEqual({ mine: [1, 2] });
    const row = { speed: 3, colour: 'red' };
    expect(again.predictSync(row)).toEqual(model.predictSync(row));
  });

  test('is one of its network for whoever asks for that', async () => {
    await new TableModel({ schema: classes, networks: [classifier(4)] }).save(at('network'));
    const network = await load(at('network'), 'sequential');
    expect(network.predictSync([[1, 0, 1, 0]])).toEqual(classifier(4).predictSync([[1, 0, 1, 0]]));
    // Saved again, it still knows its table.
    await network.save(at('network-again'));
    expect((await load(at('network-again'))).kind).toBe('table');
    await expect(load(at('network'), 'autoencoder')).rejects.toThrow(FileFormatError);
  });

  test('holds several networks', async () => {
    const model = new TableModel({ schema: numbers, networks: [regressor(1), regressor(2)] });
    await model.save(at('two'));
    const again = await load(at('two'), 'table');
    expect(again.members).toHaveLength(2);
    expect(again.predictSync([3, 'red'])).toEqual(model.predictSync([3, 'red']));
    await expect(load(at('two'), 'sequential')).rejects.toThrow(FileFormatError);
  });

  test('is none where a network is of no table', async () => {
    await regressor(1).save(at('plain'));
    await expect(load(at('plain'), 'table')).rejects.toThrow(FileFormatError);
    expect((await load(at('plain'))).kind).toBe('sequential');
  });
});
