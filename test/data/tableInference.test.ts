import { describe, expect, test } from 'vitest';
import type { CsvBatch } from '../../lib/data/csv.js';
import {
  fitSchema,
  type InferenceOptions,
  inferColumns,
  inferSchema,
  requireColumns,
} from '../../lib/data/tableInference.js';
import { ColumnStatistics } from '../../lib/data/tableStatistics.js';
import { ArgumentError, DataError } from '../../lib/errors.js';

const limit = 4;

/** What was seen of columns, each given by its fields. */
function seen(columns: Readonly<Record<string, readonly string[]>>): ColumnStatistics[] {
  return Object.entries(columns).map(([name, fields]) => {
    const batch: CsvBatch = {
      records: fields.map((field) => [field]),
      lineOf: (record) => record + 2,
    };
    const statistics = new ColumnStatistics(name, limit);
    for (const [record, field] of fields.entries()) statistics.add(field, batch, record);
    return statistics;
  });
}

const infer = (
  columns: Readonly<Record<string, readonly string[]>>,
  options: Partial<InferenceOptions> = {},
) => {
  const all = { target: 'y', ignore: [], maxCategories: limit, header: true, ...options };
  return inferSchema(seen(columns), all, 'data.csv');
};

const y = ['1.5', '2.5', '4.25', '8'];

describe('the schema of a table', () => {
  test('takes numbers as numbers, texts as categories, and the target as no input', () => {
    const { schema, task, notices } = infer({
      size: ['1', '3', '', '3'],
      kind: ['b', 'a', 'b', 'a'],
      y,
    });
    expect(schema.columns).toMatchObject([
      { name: 'size', type: 'number', missingIndicator: true },
      { name: 'kind', type: 'text', categories: ['a', 'b'], missingCategory: false },
    ]);
    expect(schema.target).toMatchObject({ name: 'y' });
    expect(task?.name).toBe('regression');
    expect(notices).toEqual([]);
  });

  test('leaves out what is ignored, empty, or the same in every row', () => {
    const columns = {
      id: ['7', '1', '4', '2'],
      none: ['', '', '', ''],
      same: ['3', '3', '3', '3'],
    };
    const { schema, notices } = infer(
      { ...columns, size: ['1', '3', '2', '9'], y },
      { ignore: ['id'] },
    );
    expect(schema.columns.map(({ name }) => name)).toEqual(['size']);
    expect(notices).toEqual([
      "Column 'none' is empty in every row: left out.",
      "Column 'same' has the same value in every row: left out.",
    ]);
  });

  test('keeps a constant for an autoencoder, to which a change of it says something', () => {
    const { schema, task } = infer({ same: ['3', '3', '3', '3'], y }, { target: null });
    expect(schema.columns.map(({ name }) => name)).toEqual(['same', 'y']);
    expect([schema.target, task]).toEqual([null, null]);
  });

  test('tells of columns that count the rows, and of those that are almost numbers', () => {
    const { notices } = infer({ row: ['1', '2', '3', '4'], size: ['1', '5', 'x', '2'], y });
    expect(notices[0]).toContain("Column 'row' counts the rows");
    expect(notices[1]).toBe(
      "Column 'size' is taken as text because of 'x' in line 4, though 3 of its 4 values are numbers. If it stands for a missing value: `missing: [\"x\"]`.",
    );
  });

  test('refuses more categories than are allowed, and names the line', () => {
    const kind = ['a', 'b', 'c', 'd', 'e'];
    expect(() => infer({ kind, y: [...y, '9'] })).toThrow(
      expect.objectContaining({ path: 'data.csv:2', received: "more, such as 'a'" }),
    );
    const size = ['1', '2', '3', '4', 'x', '5'];
    expect(() => infer({ size, y: [...y, '9', '10'] })).toThrow(
      expect.objectContaining({ path: 'data.csv:6', received: "'x'" }),
    );
  });

  test('needs an input', () => {
    expect(() => infer({ y })).toThrow(DataError);
    expect(() => infer({ none: ['', '', '', ''], y })).toThrow(
      expect.objectContaining({ remedy: "Column 'none' is empty in every row: left out." }),
    );
  });
});

describe('what is fitted', () => {
  const options = { target: 'y', ignore: [], maxCategories: limit, header: true };
  const all = seen({ size: ['1', '3', '', '5000'], kind: ['b', 'a', 'b', 'c'], y });
  const fitted = (columns: Readonly<Record<string, readonly string[]>>) =>
    fitSchema(inferColumns(all, options, 'data.csv'), seen(columns), options, 'data.csv');

  test('comes from the rows that are given, whatever the others hold', () => {
    const schema = fitted({ size: ['1', '3'], kind: ['b', 'a'], y: ['1.5', '2.5'] });
    expect(schema.columns).toEqual([
      { name: 'size', type: 'number', mean: 2, deviation: 1, missingIndicator: false },
      { name: 'kind', type: 'text', categories: ['a', 'b'], missingCategory: false },
    ]);
    expect(schema.target).toMatchObject({ mean: 2, deviation: 0.5 });
  });

  test('leaves a column as it is of which these rows have nothing', () => {
    const schema = fitted({ size: ['', ''], kind: ['b', 'a'], y: ['1.5', '2.5'] });
    expect(schema.columns[0]).toMatchObject({ mean: 0, deviation: 1, missingIndicator: true });
  });
});

test('columns that are asked for have to be there', () => {
  expect(() => requireColumns(['size'], ['size', 'kind'], 'ignore')).not.toThrow();
  const missing = () => requireColumns(['sise'], ['size', 'kind'], 'ignore');
  expect(missing).toThrow(ArgumentError);
  expect(missing).toThrow(
    expect.objectContaining({
      path: 'ignore',
      expected: 'a column of the file: size or kind',
      received: "'sise'",
      remedy: "Did you mean 'size'?",
    }),
  );
});

describe('dates', () => {
  const columnsOf = (when: readonly string[], options: Partial<InferenceOptions> = {}) => {
    const { schema, notices } = infer({ x: ['4', '9', '2', '7'], when, y }, options);
    return { column: schema.columns[1], notices };
  };

  test('with slashes are told apart by the days after the twelfth', () => {
    const american = columnsOf(['1/2/2024', '1/13/2024', '2/3/2024', '']);
    expect(american.column).toMatchObject({ type: 'date', format: 'MM/DD/YYYY' });
    const british = columnsOf(['1/2/2024', '13/1/2024', '2/3/2024', '-']);
    expect(british.column).toMatchObject({ type: 'date', format: 'DD/MM/YYYY' });
    expect(british.notices).toEqual([
      'Column \'when\' is read as dates, written as DD/MM/YYYY: `categorical: ["when"]` makes them categories.',
      "Taken as missing: '-' in 1 row (line 5) of 'when'.",
    ]);
  });

  test('are text where it is open what they mean, and where others are among them', () => {
    const open = columnsOf(['1/2/2024', '1/12/2024', '2/3/2024', '']);
    expect(open.column).toMatchObject({ type: 'text' });
    expect(open.notices).toEqual([
      "Column 'when' is taken as text: it looks like dates, but whether the month or the day comes first, as in '1/2/2024', cannot be told.",
    ]);
    const mixed = columnsOf(['2024-05-01', '01.05.2024', '2024-05-03', '2024-05-04']);
    expect(mixed.column).toMatchObject({ type: 'text' });
    expect(columnsOf(['2024-05-01', '2024-05-02', 'soon', '']).column).toMatchObject({
      type: 'text',
    });
    expect(columnsOf(['2024-05-01', '2024-05-02', '3', '']).column).toMatchObject({ type: 'text' });
  });

  test('are categories where that is asked for', () => {
    const { column } = columnsOf(['2024-05-01', '2024-05-02', '', ''], { categorical: ['when'] });
    expect(column).toMatchObject({ type: 'text' });
  });
});
