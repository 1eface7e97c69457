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
