import { describe, expect, test } from 'vitest';
import { cellRules } from '../../../lib/data/cellRules.js';
import type { Cell } from '../../../lib/data/cells.js';
import {
  columnEncoder,
  columnWidth,
  decodeColumn,
  type FeatureColumn,
  fitColumn,
  parseColumnOf,
  tellsMissing,
} from '../../../lib/data/columns/columnKinds.js';
import type { DateFormat } from '../../../lib/data/dates.js';
import { ColumnStatistics } from '../../../lib/data/tableStatistics.js';
import { FileFormatError } from '../../../lib/errors.js';

function fitted(fields: readonly string[], format: DateFormat = 'YYYY-MM-DD'): FeatureColumn {
  const statistics = new ColumnStatistics('when', 2);
  for (const [record, field] of fields.entries()) {
    statistics.add(field, { lineOf: (each) => each + 2 }, record);
  }
  const options = { path: 'data.csv', maxCategories: 2, scale: 'standard' } as const;
  return fitColumn({ name: 'when', type: 'date', format }, statistics, options);
}

function encoded(column: FeatureColumn, cell: Cell) {
  const inputs = new Float32Array(columnWidth(column) + 1).fill(7);
  const outcome = columnEncoder(column, cellRules()).encode(cell, inputs, 0);
  expect(inputs.at(-1)).toBe(7);
  return { outcome, inputs: [...inputs.subarray(0, -1)] };
}

describe('a column of dates', () => {
  test('is time, and the parts that are not the same in all rows', () => {
    const weekly = fitted(['2024-05-01', '2024-05-08', '2024-05-15']);
    expect(weekly).toMatchObject({ hasTime: false, parts: [], missingIndicator: false });
    expect(encoded(weekly, '2024-05-08')).toEqual({ outcome: 'value', inputs: [0] });
    const hourly = fitted(['2024-05-01T06:00', '2024-05-01T18:00', '']);
    expect(hourly).toMatchObject({ hasTime: true, parts: ['hour'], deviation: 0.25 });
    expect(tellsMissing(hourly)).toBe(true);
    const { inputs } = encoded(hourly, '2024-05-01 06:00');
    for (const [at, value] of [-1, 1, 0, 0].entries()) expect(inputs[at]).toBeCloseTo(value, 6);
    const all = fitted(['2024-05-01 06:00', '2024-06-02 18:00', '2024-07-04 09:00']);
    expect(all).toMatchObject({ parts: ['month', 'weekday', 'hour'] });
    expect(columnWidth(all)).toBe(7);
  });

  test('is in the middle where a date is missing, and refuses what is none', () => {
    const column = fitted(['2024-05-01T06:00', '2024-05-01T18:00', '-']);
    for (const missing of ['', null, 'NA', '-', Number.NaN]) {
      expect(encoded(column, missing)).toEqual({ outcome: 'missing', inputs: [0, 0, 0, 1] });
    }
    for (const wrong of ['soon', 3, '01.05.2024']) {
      expect(encoded(column, wrong).outcome).toBe('invalid');
    }
  });

  test('understands ISO 8601 besides its own format, as programs write dates', () => {
    const column = fitted(['01.05.2024', '03.05.2024'], 'DD.MM.YYYY');
    expect(encoded(column, '2024-05-03T00:00:00.000Z')).toEqual(encoded(column, '03.05.2024'));
    expect(encoded(column, '03.05.2024').outcome).toBe('value');
  });

  test('is turned back into what was written', () => {
    const dotted = fitted(['01.05.2024', '03.06.2024', '30.12.2025', ''], 'DD.MM.YYYY');
    for (const date of ['01.05.2024', '29.02.2024', '']) {
      const inputs = Float32Array.from(encoded(dotted, date).inputs);
      expect(decodeColumn(dotted, inputs)).toBe(date === '' ? null : date);
    }
    const timed = fitted(['2024-05-01T06:00', '2024-05-01T18:00']);
    const inputs = Float32Array.from(encoded(timed, '2024-05-01T09:30:15').inputs);
    expect(decodeColumn(timed, inputs)).toBe('2024-05-01 09:30:15');
  });

  test('is fitted to rows that hold none, too', () => {
    const none = fitted(['', 'NA']);
    expect(none).toMatchObject({ mean: 0, deviation: 1, parts: [], missingIndicator: true });
  });

  test('is checked where it is read from a model', () => {
    const column = fitted(['2024-05-01 06:00', '2024-06-02 18:00', '2024-07-04 09:00']);
    const parse = (changed: object) =>
      parseColumnOf('date', 'when', { ...column, ...changed }, 'model');
    expect(parse({})).toEqual(column);
    for (const wrong of [
      { format: 'MM-DD' },
      { parts: ['hour', 'month'] },
      { parts: ['minute'] },
      { parts: 'hour' },
      { hasTime: undefined },
      { deviation: 0 },
      { missingIndicator: null },
    ]) {
      expect(() => parse(wrong)).toThrow(FileFormatError);
    }
  });
});
