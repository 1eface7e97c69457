import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DataError } from '../../lib/index.js';
import { readTable, type TableModel, tableModel } from '../../lib/tables/index.js';

/** How a trained model reads the tables that it is given. */

let folder = '';
let model: TableModel;
const rows = Array.from({ length: 60 }, (_, row) => ({ a: row % 7, b: row % 5, y: row / 7 }));
const fast = { epochs: 1, validation: 0 };

async function file(name: string, text: string): Promise<string> {
  const written = path.join(folder, name);
  await writeFile(written, text);
  return written;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'layerwise-read-rows-'));
  model = tableModel({ target: 'y' });
  await model.fit(rows, fast);
});

afterAll(() => rm(folder, { recursive: true }));

describe('a table that a model is given', () => {
  test('is no stream, which is read once', async () => {
    async function* later() {
      yield* rows;
    }
    for (const stream of [later(), rows.values()]) {
      await expect(readTable(stream as never)).rejects.toThrow(
        'received a stream, which is read once. A table is read more than once: collect rows',
      );
    }
  });

  test('is no result of DuckDB that is read in part, or not yet', async () => {
    const result = { columnNames: () => ['a'], getColumns: () => [[1, 2]] };
    expect((await readTable({ ...result, done: true })).columns).toEqual(['a']);
    const remedy = 'Read it: await connection.runAndReadAll(query).';
    for (const early of [
      { ...result, done: false },
      { columnNames: result.columnNames, getColumns: async () => [[1]], fetchChunk: () => null },
    ]) {
      await expect(readTable(early as never)).rejects.toThrow(remedy);
    }
  });

  test('has each column that the model reads once only', async () => {
    const table = await file('twice.csv', 'a,b,y,a\n1,2,3,100\n');
    await expect(model.predict(table)).rejects.toThrow("'a' for the columns 1 and 4");
    await expect(model.evaluate(table)).rejects.toThrow(DataError);
    const others = await file('others.csv', 'a,b,y,c,c\n1,2,3,4,5\n');
    expect((await model.predict(others)).rows).toBe(1);
    const targets = await file('targets.csv', 'a,b,y,y\n1,2,3,4\n');
    expect((await model.predict(targets)).rows).toBe(1);
    await expect(model.evaluate(targets)).rejects.toThrow("'y' for the columns 3 and 4");
  });

  test('has no names of columns in its first line where that of the training had none', async () => {
    const text = rows.map(({ a, b, y }) => `${a},${b},${y}\n`).join('');
    const table = await file('numbers.csv', text);
    const own = tableModel({ target: 'column3' });
    await own.fit(await readTable(table, { header: false }), fast);
    expect((await own.predict(table)).rows).toBe(rows.length);
    expect(await own.evaluate(table)).toMatchObject({ rows: rows.length });
  });

  test.runIf(process.platform === 'linux')('is closed where it lacks a column', async () => {
    const own = tableModel({ autoencoder: true });
    await own.fit(rows, fast);
    const table = await file('lacking.csv', `a,b\n${'1,2\n'.repeat(100_000)}`);
    await expect(own.detector(table, { method: 'maximum' })).rejects.toThrow("without 'y'");
    await expect(own.predict(table)).rejects.toThrow("without 'y'");
    await expect(own.evaluate(table)).rejects.toThrow("without 'y'");
    expect(openFiles()).not.toContain(table);
  });
});

/** The paths of all that this process has open. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)];
    } catch {
      // Closed meanwhile, as that of the folder is.
      return [];
    }
  });
}
