import { expect, test } from 'vitest';
import { dense, matrix, StateError, sequential } from '../../lib/index.js';
import { columnImportance } from '../../lib/tables/importance.js';
import { readTable, type TableSchema, tableModel } from '../../lib/tables/index.js';
import { temporaryFolder } from '../data/numberFiles.js';
import { randomNumbers } from '../model/data.js';

/** Three columns: a number that decides, a text of two levels that adds to it, and one that says nothing. */
const schema: TableSchema = {
  kind: 'table',
  header: true,
  columns: [
    { name: 'noise', type: 'number', mean: 0, deviation: 1, missingIndicator: false },
    { name: 'kind', type: 'text', categories: ['a', 'b'], missingCategory: false },
    { name: 'size', type: 'number', mean: 0, deviation: 1, missingIndicator: false },
  ],
  target: { name: 'y', type: 'number', mean: 0, deviation: 1 },
};

function table(rows = 200) {
  const random = randomNumbers(2);
  const values = new Float32Array(rows * 4);
  const targets = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const [noise, kind, size] = [random() - 0.5, random() < 0.5 ? 0 : 1, random() - 0.5];
    values.set([noise, 1 - kind, kind, size], 4 * row);
    targets[row] = 3 * size + kind;
  }
  return { inputs: matrix(values, rows, 4), targets };
}

/** That knows the rule. */
function exact() {
  const model = sequential([dense(1)], { inputSize: 4 });
  model.setParameter('0.weight', [0, 0, 1, 3]);
  return model;
}

test('columns are worth what the error rises by without them', async () => {
  const { inputs, targets } = table();
  const judged = { schema, networks: [exact()], inputs, targets };
  const found = await columnImportance(judged, { repeats: 5, seed: 1, threads: 1 });
  expect(found.map(({ column }) => column)).toEqual(['size', 'kind', 'noise']);
  // Twice the variance of what a column adds: 2 · 9/12 and 2 · 1/4.
  expect(found[0]?.importance).toBeCloseTo(1.5, 0);
  expect(found[1]?.importance).toBeCloseTo(0.5, 1);
  expect(found[2]).toEqual({ column: 'noise', importance: 0, spread: 0 });
  expect(await columnImportance(judged, { repeats: 5, seed: 1, threads: 1 })).toEqual(found);
});

test('a trained model says it of rows as they stand in a table', async () => {
  const random = randomNumbers(8);
  const rows = Array.from({ length: 120 }, () => {
    const [x, noise, kind] = [random(), random(), random() < 0.5 ? 'a' : 'b'];
    return { x, noise, kind, y: x > 0.5 ? 'high' : 'low' };
  });
  const model = tableModel({ target: 'y', seed: 1 });
  await model.fit(rows, { epochs: 30, threads: 1 });
  const found = await model.importance(rows, { repeats: 3, threads: 1 });
  expect(found.map(({ column }) => column).sort()).toEqual(['kind', 'noise', 'x']);
  expect(found[0]).toMatchObject({ column: 'x' });
  expect(found[0]?.importance).toBeGreaterThan(0.2);
  expect(found[1]?.importance).toBeLessThan(0.1);
  await expect(model.importance(rows, { repeats: 0 })).rejects.toThrow('repeats');
});

test('a file without names of columns is read as the one that trained', async () => {
  const { write } = await temporaryFolder();
  const lines = Array.from({ length: 60 }, (_, row) => `${(row * 7) % 10},1.5,${(row * 7) % 10}`);
  const file = await write('plain.csv', Buffer.from(`${lines.join('\n')}\n`));
  const model = tableModel({ target: 'column3', keep: ['column2'], members: 1 });
  await model.fit(await readTable(file, { header: false }), { epochs: 2, threads: 1 });
  const found = await model.importance(file, { threads: 1 });
  expect(found.map(({ column }) => column).sort()).toEqual(['column1', 'column2']);
});

test('an autoencoder has no target that columns could be important for', async () => {
  const rows = Array.from({ length: 20 }, (_, row) => ({ a: row, b: row % 3 }));
  const model = tableModel({ autoencoder: true });
  await model.fit(rows, { epochs: 1, threads: 1 });
  await expect(model.importance(rows)).rejects.toThrow(StateError);
});
