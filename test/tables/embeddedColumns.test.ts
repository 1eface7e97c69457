import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { load } from '../../lib/load.js';
import { type TableModel, tableModel } from '../../lib/tables/index.js';

/** Columns of many categories, in a model of a table. */

const effects = Array.from({ length: 40 }, (_, shop) => ((shop * 17) % 40) / 10);
const rows = Array.from({ length: 1200 }, (_, row) => {
  const shop = (row * 7) % 40;
  return { shop: `s${shop}`, size: (row % 5) / 5, y: (effects[shop] ?? 0) + (row % 5) / 5 };
});

test('have vectors that are learned, and one for what nobody has seen', async () => {
  const model = tableModel({ target: 'y', hidden: [32] });
  await model.fit(rows, { epochs: 40, batchSize: 32 });
  expect(model.schema.columns[0]).toMatchObject({ type: 'embedded' });
  const predicted = (from: TableModel, shops: readonly (string | null)[]) =>
    Array.from(from.predictSync(shops.map((shop) => ({ shop, size: 0 }))).predictions, Number);
  const [first, second] = predicted(model, ['s1', 's7']);
  expect(Math.abs((first ?? 0) - (effects[1] ?? 0))).toBeLessThan(0.5);
  expect(Math.abs((second ?? 0) - (effects[7] ?? 0))).toBeLessThan(0.5);
  const [unseen, missing] = predicted(model, ['new', null]);
  expect(unseen).toBe(missing);
  expect(unseen).toBeGreaterThan(0);

  const folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
  try {
    await model.save(join(folder, 'shops.safetensors'));
    const loaded = (await load(join(folder, 'shops.safetensors'))) as TableModel;
    expect(predicted(loaded, ['new', null])).toEqual([unseen, missing]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('learn from few rows of each category, in few epochs', async () => {
  const effectOf = (shop: number) => 2 * Math.sin(12.9898 * shop);
  const sales = Array.from({ length: 4000 }, (_, row) => {
    const shop = row % 500;
    const size = ((row * 7) % 10) / 10;
    return { shop: `s${shop}`, size, y: effectOf(shop) + size };
  });
  const model = tableModel({ target: 'y' });
  await model.fit(sales, { epochs: 10, validation: { last: 500 } });
  const evaluation = await model.evaluate(sales.slice(-500));
  if (evaluation.task !== 'regression') throw new TypeError('numbers are predicted');
  // Without the shops, the best answers are wrong by 1.4.
  expect(evaluation.rootMeanSquaredError).toBeLessThan(0.15);
});
