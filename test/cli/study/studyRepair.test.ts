import { open, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { float, openStudy, readStudy } from '../../../lib/search/index.js';
import { layerwise } from '../process.js';
import { Workspace } from '../samples.js';

let work: Workspace;
let path: string;
let whole: string;
let damaged: string;

beforeAll(async () => {
  work = await Workspace.create();
  path = work.path('study.jsonl');
  const study = await openStudy(path, { space: { x: float(0, 1) } });
  for (const value of [1, 2]) study.ask()?.complete(value);
  study.close();
  whole = await readFile(path, 'utf8');
  damaged = whole.replace('"state":"complete"', '"state":"compl');
});
afterAll(() => work.remove());

describe('layerwise study repair', () => {
  test('leaves alone what is whole', async () => {
    const { code, stdout } = await layerwise(['study', 'repair', path]);
    expect([code, stdout]).toEqual([0, `${path} is whole: 2 trials, 0 of them not ended.\n`]);
    expect(await readFile(path, 'utf8')).toBe(whole);
  });

  test('replaces a damaged journal, and keeps it under another name', async () => {
    for (const name of ['damaged', 'damaged-2']) {
      await writeFile(path, damaged);
      await expect(readStudy(path)).rejects.toThrow('`layerwise study repair` saves what is whole');
      const { code, stdout } = await layerwise(['study', 'repair', path]);
      expect(code).toBe(0);
      expect(stdout).toBe(
        `Saved to ${path}: 2 trials, 1 of them not ended.\nLost one line:\n  line 4: no event of a study\nWhat was there is kept as ${path}.${name}.\n`,
      );
      expect(await readFile(`${path}.${name}`, 'utf8')).toBe(damaged);
      expect((await readStudy(path)).trials.map(({ state }) => state)).toEqual([
        'running',
        'complete',
      ]);
    }
  });

  test('replaces a journal that loses nothing, but has a line that no reader takes', async () => {
    const begun = whole.split('\n').find((line) => line.includes('"started"'));
    await writeFile(path, whole.replace(`${begun}`, `${begun}\n${begun}`));
    await expect(readStudy(path)).rejects.toThrow('`layerwise study repair` saves what is whole');
    const { stdout } = await layerwise(['study', 'repair', path]);
    expect(stdout).toContain('2 trials, 0 of them not ended.\nMended one line.\n');
    expect((await readStudy(path)).trials).toHaveLength(2);
  });

  test.skipIf(process.platform !== 'linux')('repairs where nobody can be told', async () => {
    await writeFile(path, damaged);
    const full = await open('/dev/full', 'w');
    const { code } = await layerwise(['study', 'repair', path], { output: full.fd });
    await full.close();
    expect(code).toBe(0);
    await readStudy(path);
  });

  test('writes elsewhere with --out, and tells machines', async () => {
    await writeFile(path, damaged);
    const out = work.path('repaired.jsonl');
    const { code, stdout } = await layerwise(['study', 'repair', path, '--out', out, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ...{ type: 'repaired', file: path, trials: 2, running: 1, renumbered: [], out, kept: null },
      lost: [{ line: 4, reason: 'no event of a study' }],
      mended: [],
    });
    expect(await readFile(path, 'utf8')).toBe(damaged);
    expect((await readStudy(out)).trials).toHaveLength(2);
  });

  test('copies what is whole with --out, and says so', async () => {
    await writeFile(path, whole);
    const out = work.path('copy.jsonl');
    const { stdout } = await layerwise(['study', 'repair', path, '--out', out]);
    expect(stdout).toBe(`${path} is whole and copied to ${out}: 2 trials, 0 of them not ended.\n`);
    expect(await readFile(out, 'utf8')).toBe(whole);
  });

  test('shows which trials have another number, and of many how many more', async () => {
    const first = whole.indexOf('{"type":"started"');
    const rest = whole.slice(whole.indexOf('{"type":"started"', first + 1));
    await writeFile(path, `${whole.slice(0, first)}${'x\n'.repeat(25)}${rest}`);
    const { stdout } = await layerwise(['study', 'repair', path]);
    expect(stdout).toContain('1 trial, 0 of them not ended.\nLost 25 lines:\n  line 3: no event');
    expect(stdout).toContain(`  and 5 more\n`);
    expect(stdout).toContain('have the numbers of their order:\n  trial 1 is trial 0 now\n');
  });

  test('has help, and refuses what is no journal', async () => {
    const help = await layerwise(['study', 'repair', '--help']);
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toContain('$ layerwise study repair houses.jsonl');
    const alone = await layerwise(['study']);
    expect([alone.code, alone.stdout]).toEqual([2, '']);
    expect(alone.stderr).toContain('Usage: layerwise study [options] [command]');
    const table = await work.write('table.csv', 'a,b\n1,2\n');
    const { code, stderr } = await layerwise(['study', 'repair', table]);
    expect(code).toBe(2);
    expect(stderr).toContain('expected the journal of a study, received "a,b"');
    expect(stderr).toContain('its first line, of type "study", says what is searched');
    expect(await readFile(table, 'utf8')).toBe('a,b\n1,2\n');
    const absent = await layerwise(['study', 'repair', work.path('absent.jsonl')]);
    expect(absent.code).toBe(2);
    expect(absent.stderr).toContain('expected a file that can be read, received no such file.');
  });
});
