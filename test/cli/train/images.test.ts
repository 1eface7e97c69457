import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layerwise } from '../process.js';
import { Workspace } from '../samples.js';

/** From real images to a model and back, by the built command. */

let work: Workspace;
let digits: Awaited<ReturnType<Workspace['writeDigits']>>;

beforeAll(async () => {
  work = await Workspace.create();
  digits = await work.writeDigits(600);
});
afterAll(() => work.remove());

describe('images', () => {
  test('are classified', async () => {
    const out = work.path('digits.safetensors');
    const words = ['--labels', digits.labels, '--epochs', '20', '--out', out];
    const trained = await layerwise(['train', digits.images, ...words]);
    expect(trained.code).toBe(0);
    expect(trained.stdout).toContain('600 rows (540 train, 60 validate), 784 inputs (28 x 28)');
    expect(trained.stdout).toContain(
      'classification into 10 classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9',
    );
    const { code, stdout } = await layerwise(['predict', out, digits.images]);
    expect(code).toBe(0);
    const [header, ...records] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^item,prediction,probability_0,.*,probability_9$/);
    const predictions = records.map((record) => Number(record.split(',')[1]));
    const right = predictions.filter((prediction, index) => prediction === digits.digits[index]);
    expect(predictions).toHaveLength(600);
    expect(right.length).toBeGreaterThan(540);
  });

  test('are compressed and restored', async () => {
    const out = work.path('restored.safetensors');
    const words = ['--autoencoder', '--code', '8', '--epochs', '5', '--out', out];
    const trained = await layerwise(['train', digits.images, ...words]);
    expect(trained.code).toBe(0);
    const { stdout } = await layerwise(['predict', out, digits.images]);
    const [header, ...records] = stdout.trimEnd().split('\n');
    expect(header).toBe('item,reconstruction_error,worst_pixel');
    for (const record of records) expect(record).toMatch(/^\d+,0\.\d+,\d{1,2}:\d{1,2}$/);
  });

  test('are inspected', async () => {
    const { code, stdout } = await layerwise(['inspect', digits.images]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'IDX file of 600 items with 784 values each (600 x 28 x 28), type uint8',
    );
  });

  test.each<[string, (files: typeof digits) => string[], string]>([
    ['without labels', ({ images }) => [images], 'name the file with the labels'],
    ['with --target', ({ images }) => [images, '--target', 'y'], '--target is for tables'],
    ['as their own labels', ({ images }) => [images, '--labels', images], 'one label per image'],
    [
      'for a regressor',
      ({ images, labels }) => [images, '--labels', labels, '--task', 'regression'],
      'always classes',
    ],
  ])('are refused %s', async (_, words, message) => {
    const { code, stderr } = await layerwise(['train', ...words(digits)]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  test('are refused with the labels of other images', async () => {
    const labels = await work.write('few', Buffer.from([0, 0, 8, 1, 0, 0, 0, 2, 3, 4]));
    const { code, stderr } = await layerwise(['train', digits.images, '--labels', labels]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/expected as many labels as there are images in .*: 600, received 2\./);
  });

  test('and tables are told apart', async () => {
    const out = work.path('kinds.safetensors');
    const words = ['--autoencoder', '--epochs', '1', '--hidden', 'none', '--out', out];
    expect((await layerwise(['train', digits.images, ...words])).code).toBe(0);
    const table = await work.write('table.csv', 'a,b\n1,2\n2,5\n');
    const wrongData = await layerwise(['predict', out, table]);
    expect(wrongData.code).toBe(2);
    expect(wrongData.stderr).toContain(
      'table.csv: expected images (IDX), as the model was trained on',
    );
    expect((await layerwise(['train', table, '--autoencoder', '--out', out])).code).toBe(0);
    const wrongImages = await layerwise(['predict', out, digits.images]);
    expect(wrongImages.code).toBe(2);
    expect(wrongImages.stderr).toContain(
      'expected a table (CSV, Parquet or JSON lines), as the model was trained on, received images',
    );
  });
});
