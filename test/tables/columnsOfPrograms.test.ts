import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load } from '../../lib/index.js';
import { type TableRow, tableModel } from '../../lib/tables/index.js';
import { layerwise } from '../cli/process.js';
import { Workspace } from '../cli/samples.js';

/** Values that programs have types for and files have texts for: what the command line trains, programs serve. */

let work: Workspace;

beforeAll(async () => {
  work = await Workspace.create();
});

afterAll(() => work.remove());

async function predictionsOf(model: string, data: string): Promise<number[]> {
  const { stdout, code } = await layerwise(['predict', model, data]);
  expect(code).toBe(0);
  const [header = '', ...records] = stdout.trimEnd().split('\n');
  const place = header.split(',').indexOf('prediction');
  return records.map((record) => Number(record.split(',')[place]));
}

describe('booleans', () => {
  const rows = Array.from({ length: 120 }, (_, row) => ({
    paid: row % 11 === 0 ? null : row % 3 === 0,
    size: (row * 7) % 10,
    y: (row % 3 === 0 ? 2 : 0) + ((row * 7) % 10) / 10,
  }));
  const csv = (words: readonly [string, string]) =>
    `paid,size,y\n${rows
      .map(({ paid, size, y }) => [paid === null ? '' : words[Number(paid)], size, y].join(','))
      .join('\n')}\n`;

  test('that the command line trains with, programs serve', async () => {
    const data = await work.write('words.csv', csv(['no', 'Yes']));
    const file = work.path('words.safetensors');
    const options = ['--target', 'y', '--epochs', '3', '--out', file];
    const trained = await layerwise(['train', data, ...options]);
    expect(trained.stdout).toContain('from 1 column of numbers, 0 of text and 1 of booleans');
    const model = await load(file, 'table');
    expect(model.schema.columns[0]).toEqual({
      name: 'paid',
      type: 'boolean',
      words: ['no', 'Yes'],
      missingIndicator: true,
    });
    const served = await model.predict(rows satisfies TableRow[]);
    const expected = await predictionsOf(file, data);
    for (const [row, prediction] of Array.from(served.predictions, Number).entries()) {
      expect(prediction).toBeCloseTo(expected[row] as number, 5);
    }
    expect(() => model.predictSync({ paid: 'maybe', size: 1 })).toThrow(/'Yes' or 'no'/);
    const ignoring = model.predictSync({ paid: 'maybe', size: 1 }, { unknown: 'ignore' });
    expect(ignoring.prediction).toBe(model.predictSync({ paid: null, size: 1 }).prediction);
  });

  test('that programs train with, the command line serves', async () => {
    const model = tableModel({ target: 'y' });
    await model.fit(rows, { epochs: 3 });
    expect(model.schema.columns[0]).toMatchObject({ type: 'boolean', words: ['false', 'true'] });
    const file = work.path('typed.safetensors');
    await model.save(file);
    const expected = await predictionsOf(file, await work.write('typed.csv', csv(['F', 'T'])));
    for (const [row, each] of rows.entries()) {
      expect(Number(model.predictSync(each).prediction)).toBeCloseTo(expected[row] as number, 5);
    }
  });

  test('stay categories where that is asked for', async () => {
    const model = tableModel({ target: 'y', categorical: ['paid'] });
    await model.fit(rows, { epochs: 1 });
    expect(model.schema.columns[0]).toMatchObject({ type: 'text', categories: ['false', 'true'] });
  });

  test('are restored by autoencoders, in the words of the table', async () => {
    const model = tableModel({ autoencoder: true, code: 2 });
    const words = rows.map(({ paid, size }) => ({
      paid: paid === null ? null : paid ? 'Y' : 'N',
      size,
    }));
    await model.fit(words, { epochs: 3 });
    const detector = await model.detector(words, { method: 'contamination', contamination: 0.1 });
    for (const [row, { columns }] of (await detector.detect(words)).entries()) {
      const paid = columns.find(({ name }) => name === 'paid');
      // What is missing is filled in.
      if (paid === undefined || words[row]?.paid === null) continue;
      expect(paid.value).toBe(words[row]?.paid);
      expect(['Y', 'N', null]).toContain(paid.expected);
    }
  });
});

describe('dates', () => {
  const start = Date.UTC(2024, 0, 1);
  const rows = Array.from({ length: 240 }, (_, row) => {
    const when = row % 13 === 0 ? null : new Date(start + row * 7 * 3_600_000);
    return { when, size: (row * 7) % 10, y: (when?.getUTCHours() ?? 12) / 10 + row / 100 };
  });
  const csv = (textOf: (date: Date) => string) =>
    `when,size,y\n${rows
      .map(({ when, size, y }) => [when === null ? '' : textOf(when), size, y].join(','))
      .join('\n')}\n`;
  const german = (date: Date) => {
    const [year, month, day] = date.toISOString().slice(0, 10).split('-');
    return `${day}.${month}.${year} ${date.toISOString().slice(11, 16)}`;
  };

  test('that the command line trains with, programs serve', async () => {
    const data = await work.write('german.csv', csv(german));
    const file = work.path('german.safetensors');
    const options = ['--target', 'y', '--epochs', '3', '--out', file];
    const trained = await layerwise(['train', data, ...options]);
    expect(trained.code).toBe(0);
    expect(trained.stdout).toContain('and 1 of dates');
    expect(`${trained.stdout}${trained.stderr}`).toContain(
      "Column 'when' is read as dates, written as DD.MM.YYYY: --categorical when makes them categories.",
    );
    const model = await load(file, 'table');
    expect(model.schema.columns[0]).toMatchObject({
      type: 'date',
      format: 'DD.MM.YYYY',
      hasTime: true,
      parts: ['month', 'weekday', 'hour'],
      missingIndicator: true,
    });
    const served = await model.predict(rows satisfies TableRow[]);
    const expected = await predictionsOf(file, data);
    for (const [row, prediction] of Array.from(served.predictions, Number).entries()) {
      expect(prediction).toBeCloseTo(expected[row] as number, 5);
    }
    expect(() => model.predictSync({ when: 'soon', size: 1 })).toThrow(/a date in column 'when'/);
  });

  test('that programs train with, the command line serves', async () => {
    const model = tableModel({ target: 'y' });
    await model.fit(rows, { epochs: 3 });
    expect(model.schema.columns[0]).toMatchObject({ type: 'date', format: 'YYYY-MM-DD' });
    const file = work.path('dates.safetensors');
    await model.save(file);
    const zoned = csv((date) => {
      const ahead = new Date(date.getTime() + 2 * 3_600_000);
      return ahead.toISOString().replace('Z', '+02:00');
    });
    const expected = await predictionsOf(file, await work.write('zoned.csv', zoned));
    for (const [row, each] of rows.entries()) {
      expect(Number(model.predictSync(each).prediction)).toBeCloseTo(expected[row] as number, 5);
    }
  });

  test('stay categories where that is asked for, and classes in a target', async () => {
    const days = rows.map(({ size }) => ({ day: `2024-05-0${1 + (size % 3)}`, size }));
    const model = tableModel({ target: 'size', categorical: ['day'] });
    await model.fit(days, { epochs: 1 });
    expect(model.schema.columns[0]).toMatchObject({ type: 'text' });
    const classifier = tableModel({ target: 'day' });
    await classifier.fit(days, { epochs: 1 });
    expect(classifier.schema.target).toMatchObject({ type: 'classes' });
  });
});
