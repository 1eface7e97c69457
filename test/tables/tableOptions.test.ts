import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError, StateError } from '../../lib/index.js';
import { inferSchema, readTable, tableModel } from '../../lib/tables/index.js';
import { TableModel } from '../../lib/tables/tableModel.js';

const rows = Array.from({ length: 24 }, (_, row) => ({
  a: row % 7,
  b: 'xyz'[row % 3],
  y: row * 2,
}));
const small = { hidden: [2] } as const;
const fast = { epochs: 1, validation: 0 } as const;

describe('options of programs are looked at before anything is read', () => {
  const wrong: readonly (readonly [option: object, path: string])[] = [
    [{ target: 5 }, 'target'],
    [{ target: null }, 'target'],
    [{ autoencoder: 'yes' }, 'autoencoder'],
    [{ task: 'rank' }, 'task'],
    [{ ignore: 'b' }, 'ignore'],
    [{ ignore: [5] }, 'ignore[0]'],
    [{ keep: [{}] }, 'keep[0]'],
    [{ categorical: 'b' }, 'categorical'],
    [{ missing: [null] }, 'missing[0]'],
    [{ decimal: ';' }, 'decimal'],
    [{ scale: '__proto__' }, 'scale'],
    [{ maxCategories: 0 }, 'maxCategories'],
    [{ maxCategories: '5' }, 'maxCategories'],
    [{ hidden: 5 }, 'hidden'],
    [{ hidden: [2, 0] }, 'hidden[1]'],
    [{ code: 1.5 }, 'code'],
    [{ build: 5 }, 'build'],
    [{ hiden: [5] }, 'hiden'],
  ];
  test.each(wrong)('tableModel(%o)', (option, path) => {
    const make = () => tableModel({ target: 'y', ...option });
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(expect.objectContaining({ path }));
  });

  test('inferSchema', async () => {
    const options = { scale: 'constructor' } as never;
    await expect(inferSchema(rows, options)).rejects.toMatchObject({
      name: 'ArgumentError',
      path: 'scale',
    });
  });

  test('what is undefined is not given', async () => {
    const { schema } = await inferSchema(rows, { scale: undefined, ignore: undefined });
    expect(schema.columns).toHaveLength(3);
  });

  test('those of predictions', async () => {
    const model = tableModel({ target: 'y', ...small });
    await model.fit(rows, fast);
    const unknown = { unknown: 1n as never };
    expect(() => model.predictSync(rows[0] as never, unknown)).toThrow(ArgumentError);
    await expect(model.predict(rows as never, unknown)).rejects.toThrow(ArgumentError);
    const labels = { labelsColumn: 5 as never };
    await expect(model.evaluate(rows as never, labels)).rejects.toMatchObject({
      path: 'labelsColumn',
    });
    // A model with a target has no use for it.
    await expect(model.evaluate(rows as never, { labelsColumn: 'y' })).rejects.toMatchObject({
      path: 'labelsColumn',
      received: 'one',
    });
  });
});

describe('two columns of one name', () => {
  test('are told, as nobody knows which is meant', async () => {
    const table = await readTable(
      [
        [1, 2, 3],
        [4, 6, 5],
      ],
      { columns: ['a', 'a', 'y'] },
    );
    await expect(inferSchema(table)).rejects.toThrow(DataError);
    const alike = [
      { '\u00e9': 1, 'e\u0301': 2 },
      { '\u00e9': 3, 'e\u0301': 7 },
    ];
    await expect(inferSchema(alike)).rejects.toThrow(/columns 1 and 2/);
  });

  test('do no harm where they are left out', async () => {
    const table = await readTable(
      [
        [1, 2, 3],
        [4, 6, 5],
      ],
      { columns: ['a', 'a', 'y'] },
    );
    const { schema } = await inferSchema(table, { ignore: ['a'] });
    expect(schema.columns.map(({ name }) => name)).toEqual(['y']);
  });

  test('have names at all', async () => {
    await expect(readTable([[1]], { columns: [1] as never })).rejects.toMatchObject({
      path: 'columns[0]',
    });
  });
});

describe('a model has one training at a time', () => {
  test('a second training is refused, and the first one keeps its columns', async () => {
    const model = tableModel({ target: 'y', ...small });
    const others = rows.map(({ a, y }) => ({ a: a * 1000, c: y, y }));
    const [first, second] = await Promise.allSettled([model.fit(rows, fast), model.fit(others)]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: expect.any(StateError) });
    expect(model.schema.columns.map(({ name }) => name)).toEqual(['a', 'b']);
    await model.fit(rows, fast);
  });

  test('several networks stay several', async () => {
    const make = async () => {
      const model = tableModel({ target: 'y', ...small });
      await model.fit(rows, fast);
      return model;
    };
    const one = await make();
    const networks = [one.members[0], (await make()).members[0]];
    const both = new TableModel({ schema: one.schema, networks });
    await expect(both.fit(rows, fast)).rejects.toThrow('a model of 2 networks');
    await both.fit(rows, { epochs: 1 });
    expect(both.members).toHaveLength(2);
  });

  test('a training that cannot begin leaves the record of the one before', async () => {
    const model = tableModel({ target: 'y', ...small });
    await model.fit(rows, fast);
    const { training } = model;
    await expect(model.fit(rows, { ...fast, loss: 'none' as never })).rejects.toThrow(
      ArgumentError,
    );
    expect(model.training).toEqual(training);
  });
});

describe('a table is not read', () => {
  test.each([
    ['rows.csv', { delimeter: ';' }, "Did you mean 'delimiter'?"],
    ['rows.csv', { delimiter: '::' }, 'delimiter: expected'],
    ['rows.csv', { delimiter: 5 }, 'delimiter: expected'],
    ['rows.csv', { skipLines: -1 }, 'skipLines: expected'],
    ['rows.csv', { comment: '' }, 'comment: expected'],
    ['rows.csv', { skipBadLines: 1 }, 'skipBadLines: expected'],
    ['rows.csv', { header: 'no' }, 'header: expected'],
    ['rows.csv', { encoding: 'klingon' }, 'encoding: expected'],
    ['rows.csv', { sampleSize: 0 }, 'sampleSize: expected'],
    ['rows.csv', { columns: ['a'] }, 'columns: expected'],
    [[[1, 2]], { columns: 'ab' }, 'columns: expected'],
    [[[1, 2]], { delimiter: ';' }, 'delimiter: expected'],
    [{ a: [1] }, { columns: ['a'] }, 'columns: expected'],
  ])('from %o with %o', async (input, options, text) => {
    const failed = readTable(input as never, options as never);
    await expect(failed).rejects.toThrow(ArgumentError);
    await expect(failed).rejects.toThrow(text);
  });
});
