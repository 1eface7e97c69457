import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonLines, layerwise } from './process.js';
import { Workspace } from './samples.js';

/** Sets the title of the terminal, clears it, and turns the direction of what follows. */
const evil = '\u001b]0;owned\u0007\u001b[2J\u009b\u202e';
const column = `x${evil}`;
/** What no text for people may have: control characters but the line end, and turns of direction. */
const misleading = /[^\P{Cc}\n]|[\u2028-\u202e\u2066-\u2069]/u;

let work: Workspace;
let data: string;
let model: string;

beforeAll(async () => {
  work = await Workspace.create();
  const rows = Array.from({ length: 12 }, (_, row) => `${row},${evil}${row % 3},${evil}${row % 2}`);
  data = await work.write(`data${evil}.csv`, `a,${column},y${evil}\n${rows.join('\n')}\n`);
  model = work.path(`model${evil}`);
});
afterAll(() => work.remove());

test('names reach the terminal with visible control characters', async () => {
  const target = `y${evil}`;
  for (const [words, code] of [
    [['train', data, '--target', target, '--out', model, '--epochs', '1'], 0],
    [['search', data, '--target', target, '--trials', '1', '--epochs', '1'], 0],
    [['inspect', model], 0],
    [['train', data, '--target', `no${evil}`], 2],
    [['train', data], 2],
    [['train', `absent${evil}`, '--target', 'y'], 2],
    [['predict', model, model], 2],
    [['inspect', data], 2],
    [[evil], 2],
  ] as const) {
    const { stdout, stderr, ...ended } = await layerwise(words);
    expect(`${stdout}${stderr}`).not.toMatch(misleading);
    expect([words, ended.code]).toEqual([words, code]);
  }
});

test('data and JSON keep their values', async () => {
  const scored = work.path('scored.csv');
  expect((await layerwise(['predict', model, data, '--out', scored])).code).toBe(0);
  expect(await readFile(scored, 'utf8')).toContain(column);
  const { stdout } = await layerwise(['inspect', model, '--json']);
  expect(stdout).not.toMatch(misleading);
  expect(jsonLines(stdout)[0]).toMatchObject({
    schema: { columns: [{ name: 'a' }, { name: column }] },
  });
});
