import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cellsIn, fixture } from '../data/formats/tables.js';
import { layerwise } from './process.js';
import { Workspace } from './samples.js';

/** Tables of all kinds on the command line. */

let workspace: Workspace;
let model = '';

beforeAll(async () => {
  workspace = await Workspace.create();
  model = workspace.path('model.safetensors');
  const words = ['train', fixture('zstd.parquet'), '--target', 'real', '--ignore', 'name', 'whole'];
  const settings = ['--epochs', '1', '--members', '1', '--seed', '1', '--out', model];
  const { code, stdout, stderr } = await layerwise([...words, ...settings]);
  expect([code, stderr]).toEqual([0, expect.anything()]);
  expect(stdout).toContain("6 columns, target 'real' read as numbers");
});

afterAll(() => workspace.remove());

describe('layerwise predict', () => {
  test('writes Parquet with the columns as they are, and its own behind them', async () => {
    const out = workspace.path('scored.parquet');
    const { code } = await layerwise(['predict', model, fixture('zstd.parquet'), '--out', out]);
    expect(code).toBe(0);
    const scored = await cellsIn(out);
    expect(scored.map((row) => row.slice(0, 6))).toEqual(await cellsIn(fixture('zstd.parquet')));
    expect(scored.every((row) => row.length === 7 && Number.isFinite(row[6]))).toBe(true);
  });

  test('predicts the same whatever it reads and writes', async () => {
    const numbers: unknown[] = [];
    let data = fixture('zstd.parquet');
    for (const format of ['jsonl', 'csv', 'parquet', 'jsonl']) {
      const out = workspace.path(`again-${numbers.length}`);
      const words = ['predict', model, data, '--format', format, '--out', out];
      expect((await layerwise(words)).code).toBe(0);
      const rows = await cellsIn(out);
      numbers.push(rows.map((row) => Number(row[6])));
      // The prediction that stands there already is no other column of the model.
      data = out;
    }
    expect(numbers.slice(1)).toEqual([numbers[0], numbers[0], numbers[0]]);
  });

  test('keeps objects as they are, on standard output too', async () => {
    const row = { number: 7, word: null, flag: true, extra: { nested: [1] }, big: '9' };
    const data = await workspace.write('rows.jsonl', `${JSON.stringify(row)}\n`);
    const { stdout } = await layerwise(['predict', model, data, '--format', 'jsonl']);
    expect(JSON.parse(stdout)).toEqual({ ...row, prediction: expect.any(Number) });
    const text = readFileSync(data, 'utf8');
    const piped = await layerwise(['predict', model, '-', '--format', 'jsonl'], { input: text });
    expect(piped.stdout).toBe(stdout);
  });

  test('writes no bytes to a terminal, and reads no Parquet from a pipe', async () => {
    const data = fixture('zstd.parquet');
    const written = await layerwise(['predict', model, data, '--format', 'parquet']);
    expect([written.code, written.stderr]).toEqual([
      2,
      expect.stringContaining('--format parquet needs --out'),
    ]);
    const read = await layerwise(['predict', model, '-'], { input: readFileSync(data, 'latin1') });
    expect([read.code, read.stderr]).toEqual([
      2,
      expect.stringContaining('received a Parquet file through a pipe'),
    ]);
  });

  test('leaves no file where a row is wrong', async () => {
    const data = await workspace.write(
      'wrong.jsonl',
      '{"number":1,"word":"red","flag":true}\n{"number":"x"}\n',
    );
    const out = workspace.path('none.parquet');
    const { code, stderr } = await layerwise(['predict', model, data, '--out', out]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('wrong.jsonl:2');
    expect(() => readFileSync(out)).toThrow('ENOENT');
  });
});

test('layerwise evaluate measures by a Parquet file', async () => {
  const { code, stdout } = await layerwise(['evaluate', model, fixture('gzip.parquet'), '--json']);
  expect(code).toBe(0);
  // 16 of the 200 rows have no target.
  expect(JSON.parse(stdout)).toMatchObject({ rows: 184, droppedRows: 16 });
});
