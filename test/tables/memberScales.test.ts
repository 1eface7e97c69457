import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kFold } from '../../lib/data/folds.js';
import type { TableSchema } from '../../lib/data/tableSchema.js';
import { dense, FileFormatError, layerNorm, load, scaling, sequential } from '../../lib/index.js';
import { type TableModel, type TableModelOptions, tableModel } from '../../lib/tables/index.js';
import { TableModel as Model } from '../../lib/tables/tableModel.js';
import { partsOfRecord } from '../../lib/tables/tableRecord.js';
import { randomNumbers } from '../model/data.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-scales-'));
});
afterAll(() => rm(folder, { recursive: true }));

const count = 60;
const members = 2;
const seed = 3;

/** Numbers, of which some are missing, dates, and categories that few rows have, one or many. */
function rowsOf(held: { readonly isHeld: (row: number) => boolean; readonly times: number }) {
  const random = randomNumbers(7);
  return Array.from({ length: count }, (_, row) => {
    const times = held.isHeld(row) ? held.times : 1;
    const x = 5 + 2 * random();
    const z = random();
    return {
      x: times * x,
      z: row % 7 === 0 ? null : times * z,
      day: new Date(Date.UTC(2024, 0, 1 + Math.floor(times * 400 * random()))),
      kind: row % 3 === 0 ? 'a' : held.isHeld(row) && row % 5 === 0 ? 'rare' : 'b',
      shop: held.isHeld(row) && row % 4 === 0 ? 'once' : `shop${row % 12}`,
      y: times * (x + 3 * z),
    };
  });
}

/** The folds, which do not depend on what the rows hold. */
const folds = [...kFold(count, { folds: members, seed })];
const fold = (which: number) => folds[which] ?? { validation: new Uint32Array(), training: [] };
const isHeld = (row: number) => fold(0).validation.includes(row);
const rows = rowsOf({ isHeld, times: 1 });

async function trained(options: TableModelOptions, table = rows): Promise<TableModel> {
  const model = tableModel({ target: 'y', hidden: [8], members, seed, ...options });
  await model.fit(table, { epochs: 20, threads: 1 });
  return model;
}

/** One of the networks as a model of its own. */
function alone(model: TableModel, which: number): TableModel {
  const network = model.members[which];
  if (network === undefined) throw new TypeError('no such network');
  return new Model({ schema: model.schema, networks: [network] });
}

const numbers = (model: TableModel, of: typeof rows) =>
  Array.from(model.predictSync(of).predictions, Number);

const normalised = ({ inputSize = 0, outputSize = 0, seed: own = 0 }) =>
  sequential([layerNorm(), dense(8, { activation: 'tanh' }), dense(outputSize)], {
    inputSize,
    seed: own,
  });
const scaled = ({ inputSize = 0, outputSize = 0, seed: own = 0 }) =>
  sequential(
    [scaling(), dense(8, { activation: 'tanh' }), dense(outputSize, { activation: 'tanh' })],
    { inputSize, seed: own },
  );

const cases: [string, TableModelOptions][] = [
  ['scales of the usual network', {}],
  ['robust scales', { scale: 'robust' }],
  ['scales by quantiles', { scale: 'quantile' }],
  ['piecewise scales', { scale: 'piecewise' }],
  ['numbers as they are', { scale: 'none' }],
  ['scales of the network `tabular`', { network: 'tabular' }],
  ['scales of a network whose first layer has no weights', { build: normalised, ignore: ['shop'] }],
  ['scales of one that ends in no straight line', { build: scaled, ignore: ['shop'] }],
];

describe.each(cases)('%s', (_, options) => {
  test('are those of the rows that train each network', async () => {
    const model = await trained(options);
    const { outOfFold } = model.training as { outOfFold: { loss: number } };
    const target = model.schema.target as { deviation: number };
    const errors = folds.flatMap(({ validation }, which) => {
      const own = Array.from(validation, (row) => rows[row] as (typeof rows)[number]);
      const said = numbers(alone(model, which), own);
      return own.map(({ y }, at) => ((said[at] ?? 0) - y) / target.deviation);
    });
    // Judged while it learned, and asked as it is now: the same.
    const loss = errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length;
    expect(loss / outOfFold.loss).toBeCloseTo(1, 4);

    // What is held out from the first network leaves no trace in it.
    const others = await trained(options, rowsOf({ isHeld, times: 20 }));
    const asked = Array.from(fold(0).training, (row) => rows[row] as (typeof rows)[number]);
    const [before, after] = [numbers(alone(model, 0), asked), numbers(alone(others, 0), asked)];
    const spread = (others.schema.target as { deviation: number }).deviation;
    expect(spread).toBeGreaterThan(5 * target.deviation);
    for (const [at, value] of after.entries()) {
      expect(Math.abs(value - (before[at] ?? 0))).toBeLessThan(0.02 * target.deviation);
    }
  });

  test('are saved with the model', async () => {
    const model = await trained({ ...options, intervals: 0.8 });
    const path = join(folder, 'model.safetensors');
    await model.save(path);
    const loaded = await load(path, 'table');
    expect([...loaded.predictSync(rows)]).toEqual([...model.predictSync(rows)]);
    expect([...(await loaded.predict(rows))]).toEqual([...model.predictSync(rows)]);
    await loaded.fit(rows, { epochs: 2, threads: 1 });
    expect(loaded.members).toHaveLength(members);
  });
});

describe('scales of other tables are refused', () => {
  const column = {
    name: 'x',
    type: 'number',
    mean: 0,
    deviation: 1,
    missingIndicator: false,
    scaling: { type: 'robust', center: 0, scale: 1 },
  } as const;
  const kinds = {
    name: 'kind',
    type: 'text',
    categories: ['a', 'b'],
    missingCategory: false,
  } as const;
  const target = { name: 'y', type: 'number', mean: 0, deviation: 1 } as const;
  const columns = [column, kinds];
  const schema = { kind: 'table', header: true, columns, target } as const;
  type Scales = Parameters<typeof partsOfRecord>[0]['scales'];
  const model = (scales: Scales) => () => {
    const network = sequential([dense(1)], { inputSize: 3 });
    partsOfRecord({ schema, training: {}, scales }, [network], 'model');
  };

  test('those of its own are not', () => {
    const scaling = { type: 'robust', center: 3, scale: 2 } as const;
    const own = { columns: [{ ...column, mean: 2, scaling }], target: { ...target, mean: 4 } };
    expect(model([own])).not.toThrow();
    expect(model([null])).not.toThrow();
  });

  const of = (columns: TableSchema['columns'], own: TableSchema['target'] = null): Scales => [
    { columns, target: own },
  ];
  const { scaling: _, ...standard } = column;
  test.each([
    ['a column that is not there', of([{ ...column, name: '__proto__' }])],
    ['a column twice', of([column, { ...column, mean: 2 }])],
    ['more inputs', of([{ ...column, missingIndicator: true }])],
    ['another way to scale', of([standard])],
    ['other categories', of([{ ...kinds, categories: ['b', 'a'] }])],
    ['another target', of([], { ...target, name: 'z' })],
    [
      'classes for a number',
      of([], { name: 'y', type: 'classes', classes: ['a', 'b'], numeric: false }),
    ],
  ])('%s', (_name, scales) => {
    expect(model(scales)).toThrow(FileFormatError);
    expect(model(scales)).toThrow('others for network 1');
  });

  test('none for a network', () => {
    expect(model([])).toThrow('0 of them');
  });
});
