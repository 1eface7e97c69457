import * as arrow from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../lib/index.js';
import { inferSchema, tableModel } from '../../lib/tables/index.js';

/** Columns of Arrow whose values JavaScript has no type of its own for. */

const rows = 24;
const each = <Value>(make: (row: number) => Value) =>
  Array.from({ length: rows }, (_, row) => make(row));
const dateOf = (row: number) => new Date(Date.UTC(2024, 0, 1 + row * row, row));

/** Fixed point numbers of 128 bits, as the format keeps them. */
function decimals(unscaled: readonly number[], scale: number) {
  const words = new BigInt64Array(2 * unscaled.length);
  for (const [row, value] of unscaled.entries()) {
    words[2 * row] = BigInt(value);
    words[2 * row + 1] = value < 0 ? -1n : 0n;
  }
  const data = new Uint32Array(words.buffer);
  const type = new arrow.Decimal(scale, 10, 128);
  return arrow.makeVector(arrow.makeData({ type, data, length: unscaled.length, nullCount: 0 }));
}

const y = arrow.vectorFromArray(each((row) => row / 2));
const lists = arrow.vectorFromArray(
  each((row) => [row, row + 1]),
  new arrow.List(new arrow.Field('value', new arrow.Int32())),
);

describe('a table of Arrow', () => {
  test.each([
    ['days', arrow.vectorFromArray(each(dateOf), new arrow.DateDay())],
    ['milliseconds', arrow.vectorFromArray(each(dateOf), new arrow.DateMillisecond())],
    ['timestamps', arrow.vectorFromArray(each(dateOf))],
    [
      'microseconds',
      arrow.vectorFromArray(
        each((row) => Number(dateOf(row))),
        new arrow.TimestampMicrosecond(),
      ),
    ],
    [
      'missing dates',
      arrow.vectorFromArray(
        each((row) => (row === 3 ? null : dateOf(row))),
        new arrow.DateDay(),
      ),
    ],
  ])('has dates, kept as %s', async (_, when) => {
    const { schema } = await inferSchema(new arrow.Table({ when, y }), { target: 'y' });
    expect(schema.columns).toMatchObject([{ name: 'when', type: 'date' }]);
    const mean = each((row) =>
      row === 3 && when.nullCount > 0 ? 0 : Math.floor(Number(dateOf(row)) / 864e5),
    );
    const days = mean.reduce((sum, day) => sum + day, 0) / (rows - when.nullCount);
    expect(schema.columns[0]).toHaveProperty('mean', expect.closeTo(days, -0.5));
  });

  test('has decimals, and whole numbers of 64 bits', async () => {
    const table = new arrow.Table({
      price: decimals(
        each((row) => row * 125 - 1000),
        2,
      ),
      count: arrow.vectorFromArray(
        each((row) => BigInt(row * row)),
        new arrow.Int64(),
      ),
      y,
    });
    const { schema } = await inferSchema(table, { target: 'y' });
    expect(schema.columns).toMatchObject([
      { name: 'price', type: 'number', mean: (rows - 1) * 0.625 - 10 },
      { name: 'count', type: 'number' },
    ]);
  });

  test('may hold what is no input where that is not read', async () => {
    const x = arrow.vectorFromArray(each((row) => (row * 7) % 5));
    const table = new arrow.Table({ x, y, lists });
    const refusal = inferSchema(table, { target: 'y' });
    await expect(refusal).rejects.toThrow(DataError);
    await expect(refusal).rejects.toThrow(
      'columns.lists[0]: expected a text, a number, a boolean, a date, or nothing, received a Vector',
    );
    const model = tableModel({ target: 'y', ignore: ['lists'], members: 1 });
    await model.fit(table, { epochs: 1, threads: 1 });
    const { predictions } = await model.predict(table);
    expect(predictions).toHaveLength(rows);
    expect(await model.evaluate(table)).toMatchObject({ rows });
  });
});
