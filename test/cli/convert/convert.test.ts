import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dense, fileRows, load, sequential } from '../../../lib/index.js';
import { jsonLines, layerwise } from '../process.js';

let folder: string;
let table: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-convert-'));
  table = join(folder, 'table.csv');
  const colours = ['red', 'green', 'blue'];
  const lines = Array.from({ length: 400 }, (_, row) => {
    const size = row % 17 === 0 ? '' : Math.sin(row).toFixed(4);
    const price = row % 50 === 3 ? 'NA' : (Math.cos(row) * 100).toFixed(2);
    return [row, size, colours[row % 3], price, row % 3 === 0 ? 'yes' : 'no'].join(',');
  });
  await writeFile(table, `id,size,colour,price,bought\n${lines.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(folder, name);
const convert = (out: string, ...flags: string[]) =>
  layerwise(['convert', table, inFolder(out), ...flags]);
const train = (data: string, out: string, ...flags: string[]) =>
  layerwise(['train', inFolder(data), '--out', inFolder(out), '--epochs', '2', ...flags]);

describe('a table that was made into rows', () => {
  test.each([
    ['classes', ['--target', 'bought', '--ignore', 'id']],
    ['numbers', ['--target', 'price', '--task', 'regression', '--ignore', 'id']],
    ['autoencoder', ['--autoencoder', '--ignore', 'id']],
  ])('trains the same model as the table: %s', async (name, flags) => {
    const rows = `${name}.safetensors`;
    const converted = await convert(rows, ...flags);
    expect(converted).toMatchObject({ code: 0, stderr: '' });
    expect(converted.stdout).toContain('layerwise train');
    const [ofTable, ofRows] = [`${name}-table.safetensors`, `${name}-rows.safetensors`];
    // With rows for validation, a table is scaled by those that train, and rows are scaled already.
    const all = ['--validation', '0', ...flags];
    expect((await train('table.csv', ofTable, ...all)).code).toBe(0);
    const isAutoencoder = name === 'autoencoder' ? ['--autoencoder'] : [];
    const trained = await train(rows, ofRows, '--validation', '0', ...isAutoencoder);
    expect(trained).toMatchObject({ code: 0 });
    const [expected] = (await load(inFolder(ofTable), 'table')).members;
    const [model] = (await load(inFolder(ofRows), 'table')).members;
    for (const { name: parameter } of expected.parameters) {
      expect(model.getParameter(parameter)).toEqual(expected.getParameter(parameter));
    }
    // Applies to tables.
    const predicted = await layerwise(['predict', inFolder(ofRows), table]);
    expect(predicted.code).toBe(0);
    expect(predicted.stdout).toBe((await layerwise(['predict', inFolder(ofTable), table])).stdout);
  });

  test('is tensors that others read', async () => {
    await convert('read.safetensors', '--target', 'price', '--ignore', 'id');
    const inputs = await fileRows(inFolder('read.safetensors'), { tensor: 'inputs' });
    const targets = await fileRows(inFolder('read.safetensors'), { tensor: 'targets' });
    // Size with whether it is missing, three colours, an answer; of eight rows the price is missing.
    expect(inputs).toMatchObject({ rows: 392, columns: 6, type: 'float32' });
    expect(targets).toMatchObject({ rows: 392, columns: 1, type: 'float32' });
  });

  test('says what was found as JSON', async () => {
    const out = 'json.safetensors';
    const { stdout } = await convert(out, '--target', 'bought', '--ignore', 'id', '--json');
    const [found] = jsonLines(stdout);
    expect(found).toMatchObject({ file: inFolder(out), rows: 400, task: 'classification' });
    expect(found?.bytes).toBe((await stat(inFolder(out))).size);
  });

  test('is not what it was not converted for', async () => {
    await convert('bought.safetensors', '--target', 'bought', '--ignore', 'id');
    const refused = async (message: string, ...flags: string[]) => {
      const { code, stderr } = await train('bought.safetensors', 'none.safetensors', ...flags);
      expect([code, stderr.replace(/\s+/g, ' ')]).toEqual([2, expect.stringContaining(message)]);
    };
    await refused("--target: expected 'bought'", '--target', 'price');
    await refused("--autoencoder: expected a classifier or regressor of 'bought'", '--autoencoder');
    await refused('--task: expected', '--task', 'regression');
    await refused('--ignore: expected', '--ignore', 'id');
    const line = ['search', inFolder('bought.safetensors'), '--folds', '2', '--groups', 'id'];
    const grouped = await layerwise(line);
    expect([grouped.code, grouped.stderr]).toEqual([
      2,
      expect.stringMatching(/--groups: expected a column of a table/),
    ]);
  });

  test.each([
    ['validation', '0.2'],
    ['folds', '3'],
  ])('is searched as the table is, trials judged by --%s %s', async (flag, value) => {
    const asked = ['--target', 'bought', '--ignore', 'id'];
    const rows = `${flag}.safetensors`;
    await convert(rows, ...asked);
    const searched = async (data: string, study: string, trials: string, ...more: string[]) => {
      const files = ['--study', inFolder(`${flag}-${study}.jsonl`)];
      const common = ['--epochs', '2', '--parallel', '1', `--${flag}`, value, '--json'];
      const words = ['search', inFolder(data), '--trials', trials, ...files, ...common, ...more];
      const { code, stdout, stderr } = await layerwise(words);
      expect([code, stderr]).toEqual([0, '']);
      const told = jsonLines(stdout).filter(({ type }) => type === 'trial');
      // With rows for validation, a table is scaled by those that train, and rows are scaled already.
      return told.map(({ parameters, value }) =>
        flag === 'folds' ? { parameters, value } : { parameters },
      );
    };
    const ofTable = await searched('table.csv', 'both', '2', ...asked);
    // They are the same rows: what was begun with the table goes on with them.
    const ofBoth = [...ofTable, ...(await searched(rows, 'both', '3'))];
    expect(ofBoth).toHaveLength(3);
    if (flag === 'folds') expect(await searched(rows, 'rows', '3')).toEqual(ofBoth);
  });
});

describe('what cannot be made into rows', () => {
  test('leaves an older file alone, and nothing beside it', async () => {
    const out = inFolder('older.safetensors');
    await writeFile(out, 'older');
    await writeFile(inFolder('wrong.csv'), 'a,b\n1,2\n3,4,5\n');
    const { code } = await layerwise(['convert', inFolder('wrong.csv'), out, '--target', 'b']);
    expect(code).toBe(2);
    expect(await readFile(out, 'utf8')).toBe('older');
    const names = await readdir(folder);
    expect(names.filter((name) => name.includes('older'))).toEqual(['older.safetensors']);
  });

  test('is told: no target, a file that is read, other safetensors files', async () => {
    const { code, stderr } = await convert('none.safetensors');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--target (id, size, colour')]);
    const same = await layerwise(['convert', table, table, '--target', 'bought']);
    expect([same.code, same.stderr]).toEqual([2, expect.stringContaining('of its own')]);
    await sequential([dense(1)], { inputSize: 2 }).save(inFolder('model.safetensors'));
    const trained = await train('model.safetensors', 'none.safetensors', '--target', 'a');
    expect(trained.stderr.replace(/\s+/g, ' ')).toContain('a safetensors file of something else');
  });
});
