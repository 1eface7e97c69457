import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tableFromJSON } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArgumentError, DataError, dense, load, StateError, sequential } from '../../lib/index.js';
import { readTable, type TableModel, tableModel } from '../../lib/tables/index.js';

let folder = '';
const at = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'layerwise-table-fit-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Rows whose class and whose number follow from the others. */
const rows = Array.from({ length: 200 }, (_, row) => {
  const speed = 1000 + ((row * 37) % 101);
  const colour = ['red', 'blue', 'green'][row % 3] as string;
  return { speed, colour, kind: speed > 1050 ? 'fast' : 'slow', power: speed / 10 + (row % 3) };
});
const csvOf = (table: readonly Record<string, unknown>[]) => {
  const names = Object.keys(table[0] ?? {});
  return `${[names, ...table.map((row) => names.map((name) => row[name] ?? ''))].map((line) => line.join(',')).join('\n')}\n`;
};
const fast = { epochs: 3 } as const;
const scalesOf = ({ schema }: TableModel) =>
  schema.columns.flatMap((column) => (column.type === 'number' ? [column] : []));

describe('a model of a table learns', () => {
  test('classes, and gives them back by their names', async () => {
    const model = tableModel({ target: 'kind', ignore: ['power'], hidden: [16], members: 1 });
    const history = await model.fit(rows, { epochs: 40, metrics: ['accuracy'] });
    expect(history.epochs.at(-1)?.validation?.metrics.accuracy).toBeGreaterThan(0.9);
    expect(model.task).toBe('classification');
    expect(model.predictSync({ speed: 1099, colour: 'red' }).prediction).toBe('fast');
    expect(model.training).toMatchObject({ rows: 180, validationRows: 20, epochs: 40 });
  });

  test('numbers, and gives them back in their unit', async () => {
    const model = tableModel({ target: 'power', ignore: ['kind'] });
    await model.fit(rows, { epochs: 60 });
    expect(model.task).toBe('regression');
    expect(model.predictSync([1050, 'red']).prediction).toBeCloseTo(105, -1);
  });

  test('the rows themselves', async () => {
    const model = tableModel({ autoencoder: true, code: 2 });
    await model.fit(rows, fast);
    expect(model.task).toBe('autoencoding');
    expect(model.members[0].kind).toBe('autoencoder');
    expect(model.predictSync(rows[0] as never).prediction).toBeGreaterThan(0);
  });

  test('the same from a file, rows, arrays and columns', async () => {
    const table = rows.map(({ speed, colour, kind }) => ({ speed, colour, kind }));
    await writeFile(at('rows.csv'), csvOf(table));
    const inputs = [
      at('rows.csv'),
      await readTable(at('rows.csv'), { delimiter: ',' }),
      table,
      await readTable(
        table.map((row) => Object.values(row)),
        { columns: ['speed', 'colour', 'kind'] },
      ),
      {
        speed: Float64Array.from(table, ({ speed }) => speed),
        colour: table.map(({ colour }) => colour),
        kind: table.map(({ kind }) => kind),
      },
    ];
    const predicted: unknown[] = [];
    for (const input of inputs) {
      const model = tableModel({ target: 'kind', seed: 3 });
      await model.fit(input, fast);
      predicted.push(model.predictSync({ speed: 1020, colour: 'blue' }));
    }
    for (const other of predicted.slice(1)) expect(other).toEqual(predicted[0]);
  });

  test('telling its listeners, and iterators, of every epoch', async () => {
    const told: string[] = [];
    const run = tableModel({ target: 'kind', members: 1 }).fit(rows, {
      ...fast,
      onEvent: ({ type }) => told.push(type),
      listeners: [{ onStart: ({ epochs }) => told.push(`start ${epochs}`) }],
    });
    const seen: number[] = [];
    for await (const event of run) if (event.type === 'epoch') seen.push(event.epoch);
    expect(seen).toEqual([1, 2, 3]);
    expect(told.filter((type) => type === 'epoch')).toHaveLength(3);
    expect(told).toContain('start 3');
    expect((await run).epochs).toHaveLength(3);
  });

  test('telling what it notices about columns', async () => {
    const table = rows.map((row) => ({ ...row, site: 'north' }));
    const { notices } = await tableModel({ target: 'kind' }).fit(table, fast);
    expect(notices).toEqual([expect.stringContaining("'site'")]);
  });

  test('until it is stopped, even while the table is read', async () => {
    const run = tableModel({ target: 'kind' }).fit(rows, { epochs: 1e6 });
    run.stop();
    expect((await run).stopReason).toBe('stopped');
    const aborted = tableModel({ target: 'kind' }).fit(rows, {
      epochs: 1e6,
      signal: AbortSignal.abort(new Error('enough')),
    });
    await expect(aborted).rejects.toThrow('enough');
  });

  test('and goes on with a checkpoint, to the same bits', async () => {
    const checkpoint = { directory: at('checkpoints'), everyEpochs: 1 };
    const whole = tableModel({ target: 'kind', members: 1 });
    await whole.fit(rows, { epochs: 4 });
    await tableModel({ target: 'kind', members: 1 }).fit(rows, { epochs: 2, checkpoint });
    const again = tableModel({ target: 'kind', members: 1 });
    const history = await again.fit(rows, { epochs: 4, checkpoint, resume: 'auto' });
    expect(history.epochs).toHaveLength(4);
    const row = rows[5] as never;
    expect(again.predictSync(row)).toEqual(whole.predictSync(row));
    // A checkpoint is a model of the table, too.
    const [first] = history.epochs;
    expect(first?.epoch).toBe(1);
  });

  test('with a network of the caller', async () => {
    const model = tableModel({
      target: 'kind',
      build: ({ inputSize, outputSize, seed }) =>
        sequential([dense(outputSize, { activation: 'softmax' })], { inputSize, seed }),
    });
    await model.fit(rows, fast);
    expect(model.members[0].spec.layers).toHaveLength(1);
  });

  test('on, when it is called again, with the scales that it has', async () => {
    const model = tableModel({ target: 'kind', ignore: ['power'] });
    await model.fit(rows, fast);
    const { schema } = model;
    const more = rows
      .slice(0, 60)
      .map(({ speed, colour, kind }) => ({ speed: speed + 7, colour, kind }));
    await model.fit(more, fast);
    expect(model.schema).toEqual(schema);
    await expect(model.fit([{ speed: 3, kind: 'fast' }], fast)).rejects.toThrow(DataError);
  });

  test('nothing where the training is refused, and stays as it was', async () => {
    const model = tableModel({ target: 'kind', ignore: ['power'] });
    await expect(model.fit(rows, { epochs: -1 })).rejects.toThrow('epochs');
    expect(() => model.predictSync({ speed: 1099, colour: 'red' })).toThrow(StateError);
    await model.fit(rows, fast);
    const { training } = model;
    await expect(model.fit(rows, { epochs: -1 })).rejects.toThrow('epochs');
    expect(model.training).toEqual(training);
  });

  test.each([
    [{}, 'target'],
    [{ target: 'kind', autoencoder: true }, 'target'],
    [{ target: 'kind', hiden: [3] }, 'hiden'],
    [{ target: 'kind', seed: -1 }, 'seed'],
  ])('but not with the options %o', (options, place) => {
    expect(() => tableModel(options as never)).toThrow(ArgumentError);
    expect(() => tableModel(options as never)).toThrow(place);
  });

  test.each([
    [rows, { target: 'kinds' }, {}, 'target'],
    [rows, { target: 'kind' }, { validation: 1 }, 'validation'],
    [rows, { target: 'kind' }, { validation: { last: 200 } }, 'validation.last'],
    [rows, { target: 'kind' }, { validation: { last: 2, groups: 'colour' } }, 'validation'],
    [rows, { target: 'kind' }, { validation: { groups: 'shade' } }, 'validation.groups'],
    [rows, { target: 'kind' }, { epoch: 3 }, 'epoch'],
    [rows, { target: 'kind' }, { batchSize: 'abc' }, 'batchSize'],
    [rows, { target: 'kind' }, { epochs: 2.5 }, 'epochs'],
    [[], { target: 'kind' }, {}, 'rows'],
    [{ a: [1, 2], b: [1] }, { target: 'a' }, {}, 'columns.b'],
    [{ a: 5 }, { target: 'a' }, {}, 'columns.a'],
    [5, { target: 'a' }, {}, 'table'],
    ['/no/such/file.csv', { target: 'a' }, {}, '/no/such/file.csv'],
    [
      [
        { a: 1, b: Number.POSITIVE_INFINITY },
        { a: 2, b: 1 },
      ],
      { target: 'a' },
      {},
      'rows[0]',
    ],
    [[{ a: 1, b: {} }], { target: 'a' }, {}, 'rows[0].b'],
  ])('from %o with %o and %o: %s', async (table, options, fitting, place) => {
    const failed = await tableModel(options)
      .fit(table as never, { ...fast, ...fitting } as never)
      .then(
        () => 'nothing',
        (error: unknown) => String(error),
      );
    expect(failed).toContain(`${place}: expected`);
  });
});

describe('rows for validation', () => {
  const options = { target: 'power', ignore: ['kind'], hidden: [4] };
  const fitted = async (table: typeof rows, validation: unknown) => {
    const model = tableModel(options);
    const { epochs } = await model.fit(table, { epochs: 1, validation: validation as never });
    return { model, epochs };
  };

  test.each([
    ['a share', 0.2],
    ['the last rows', { last: 40 }],
    ['groups', { groups: 'colour' }],
  ])('by %s leave no trace in the scales', async (_, validation) => {
    const usual = await fitted(rows, validation);
    expect(usual.epochs[0]?.validation).not.toBeNull();
    // Which rows are held out does not depend on their values, but shows in the scales.
    const trace = async (row: number) => {
      const changed = rows.map((own, index) =>
        index === row ? { ...own, speed: own.speed * 1000, power: own.power * 1000 } : own,
      );
      const { model } = await fitted(changed, validation);
      return {
        schema: model.schema,
        isHeldOut: scalesOf(model)[0]?.mean === scalesOf(usual.model)[0]?.mean,
      };
    };
    const traces = await Promise.all(Array.from({ length: 12 }, (_, i) => trace(199 - i * 11)));
    const heldOut = traces.filter(({ isHeldOut }) => isHeldOut);
    expect(heldOut.length).toBeGreaterThan(0);
    expect(heldOut.length).toBeLessThan(12);
    for (const { schema } of heldOut) expect(schema).toEqual(usual.model.schema);
  });

  test('that are another table leave no trace either, and may hold texts that are not known', async () => {
    const other = rows.map((row) => ({ ...row, speed: row.speed * 1000, colour: 'mauve' }));
    const { model, epochs } = await fitted(rows, { table: other });
    expect(model.schema).toEqual((await fitted(rows, 0)).model.schema);
    expect(epochs[0]?.validation?.loss).toBeGreaterThan(0);
    expect(model.training).toMatchObject({ rows: 200, validationRows: 200 });
  });

  describe('are told of', () => {
    const noticesOf = async (table: typeof rows, validation?: unknown) =>
      (await tableModel(options).fit(table, { epochs: 1, validation: validation as never }))
        .notices;
    /** All but two rows in one group. */
    const uneven = rows.map((row, index) => ({ ...row, colour: index < 2 ? 'red' : 'blue' }));

    test('where a table has too few', async () => {
      const [notice, ...others] = await noticesOf(rows.slice(0, 6));
      expect(others).toEqual([]);
      expect(notice).toMatch(/^A share of 0.1 of 6 rows is less than one row: all of them train/);
      expect(await noticesOf(rows.slice(0, 6), 0)).toEqual([]);
    });

    test('where groups are too small a share', async () => {
      const told = await noticesOf(rows, { groups: 'colour', share: 0.001 });
      expect(told).toEqual([expect.stringContaining('less than one row')]);
    });

    test('where a group has far more than were asked for', async () => {
      const seeds = Array.from({ length: 8 }, (_, seed) => seed);
      const told = await Promise.all(
        seeds.map(async (seed) => {
          const model = tableModel({ ...options, seed });
          const validation = { groups: 'colour' };
          const { notices } = await model.fit(uneven, { epochs: 1, validation });
          return { notices, held: model.training.validationRows };
        }),
      );
      // Which of the two groups is held out is drawn by the seed.
      expect(new Set(told.map(({ held }) => held))).toEqual(new Set([2, 198]));
      const text = '198 of 200 rows are kept for validation, where 20 were asked for, and 2 train.';
      for (const { notices, held } of told) {
        expect(notices).toEqual(held === 2 ? [] : [expect.stringContaining(text)]);
      }
    });
  });

  test('may be without a category, or a number, that only they have', async () => {
    const table = rows.map((row, index) => ({
      ...row,
      colour: index >= 190 ? 'mauve' : row.colour,
      late: index >= 190 ? index : null,
    }));
    const { model } = await fitted(table, { last: 10 });
    const colour = model.schema.columns.find(({ name }) => name === 'colour');
    expect(colour).toMatchObject({ categories: ['blue', 'green', 'red'] });
    expect(model.schema.columns.map(({ name }) => name)).toEqual(['speed', 'colour']);
  });
});

describe('tables of other programs', () => {
  const table = rows.map(({ speed, colour, kind }) => ({ speed, colour, kind }));
  const names = ['speed', 'colour', 'kind'] as const;
  const columnOf = (name: (typeof names)[number]) => table.map((row) => row[name]);
  const vectorOf = (name: (typeof names)[number]) => {
    const values = columnOf(name);
    return { length: values.length, get: (row: number) => values[row] };
  };

  test.each([
    [
      'columns',
      {
        speed: Float32Array.from(table, ({ speed }) => speed),
        colour: columnOf('colour'),
        kind: columnOf('kind'),
      },
    ],
    ['vectors', { speed: vectorOf('speed'), colour: vectorOf('colour'), kind: vectorOf('kind') }],
    ['Arrow', tableFromJSON(table)],
    [
      'DuckDB',
      { columnNames: () => [...names], getColumns: () => names.map((name) => columnOf(name)) },
    ],
  ])('train and are predicted as rows are: %s', async (_, input) => {
    const model = tableModel({ target: 'kind' });
    await model.fit(input, fast);
    const own = tableModel({ target: 'kind' });
    await own.fit(table, fast);
    expect([...(await model.predict(input))]).toEqual([...(await own.predict(table))]);
  });

  test('give numbers and scores too', async () => {
    const model = tableModel({ target: 'speed' });
    await model.fit(table, fast);
    const columns = { colour: columnOf('colour'), kind: columnOf('kind') };
    expect(await model.predict(columns)).toEqual(await model.predict(table));
  });
});

describe('files', () => {
  test('hold what was trained', async () => {
    const model = tableModel({ target: 'kind' });
    await model.fit(rows, fast);
    await model.save(at('kind.safetensors'));
    const again = await load(at('kind.safetensors'), 'table');
    expect(again.training).toEqual(model.training);
    expect([...(await again.predict(rows))]).toEqual([...(await model.predict(rows))]);
  });
});
