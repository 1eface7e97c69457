import { chmod, link, mkdir, open, readFile, symlink } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkBegunJournal, checkFiles } from '../../../lib/cli/arguments/fileChecks.js';
import type { FileRole, NamedFile } from '../../../lib/cli/arguments/files.js';
import { readStudy } from '../../../lib/search/index.js';
import { layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

let work: Workspace;
let data: string;

beforeAll(async () => {
  work = await Workspace.create();
  data = await work.write('iris.csv', irisCsv());
  await symlink('iris.csv', work.path('link.csv'));
  await link(data, work.path('hard.csv'));
  await work.write('old.jsonl', '');
  await mkdir(work.path('folder'));
  await symlink('folder', work.path('same-folder'));
  await symlink('folder/real.jsonl', work.path('journal-link'));
});
afterAll(() => work.remove());

const file = (role: FileRole, name: string, path: string): NamedFile => ({
  ...{ role, name },
  path: work.path(path),
});

describe('checkFiles', () => {
  test.each<[string, () => NamedFile[], string]>([
    [
      'what is read',
      () => [file('input', 'data', 'iris.csv'), file('output', '--out', 'folder/../iris.csv')],
      "iris.csv', which is read as data",
    ],
    [
      'what is read, through a symbolic link',
      () => [file('input', 'data', 'iris.csv'), file('output', '--out', 'link.csv')],
      "link.csv', which is read as data",
    ],
    [
      'what is read, through a hard link',
      () => [file('output', '--out', 'hard.csv'), file('input', '--labels', 'link.csv')],
      "hard.csv', which is read as --labels",
    ],
    [
      'another output that does not exist yet',
      () => [file('output', '--out', 'folder/new'), file('output', '--results', 'same-folder/new')],
      "new', which is written as --out",
    ],
    [
      'a journal',
      () => [file('journal', '--study', 'old.jsonl'), file('output', '--out', 'old.jsonl')],
      "old.jsonl', which is written as --study",
    ],
    [
      'the lock of a journal',
      () => [file('journal', '--study', 's.jsonl'), file('output', '--out', 's.jsonl.lock')],
      "s.jsonl.lock', which is written as the lock of --study",
    ],
    [
      'the lock of a journal that lies elsewhere',
      () => [
        file('journal', '--study', 'journal-link'),
        file('output', '--out', 'folder/real.jsonl.lock'),
      ],
      "real.jsonl.lock', which is written as the lock of --study",
    ],
  ])('refuses an output that is %s', async (_, files, message) => {
    await expect(checkFiles(files())).rejects.toThrow(message);
  });

  test.each([
    ['folder', 'a folder'],
    ['absent/model', 'a folder that does not exist'],
    ['iris.csv/model', 'no folder'],
    [`${'x'.repeat(300)}`, 'a name that is too long'],
  ])('refuses an output that cannot be written: %s', async (path, message) => {
    for (const role of ['output', 'journal'] as const) {
      await expect(checkFiles([file(role, '--out', path)])).rejects.toThrow(
        `--out ${work.path(path)}: expected a file that can be written, received`,
      );
      await expect(checkFiles([file(role, '--out', path)])).rejects.toThrow(message);
    }
  });

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'refuses a folder that may not be written to',
    async () => {
      await mkdir(work.path('sealed'));
      await chmod(work.path('sealed'), 0o500);
      await expect(checkFiles([file('output', '--out', 'sealed/model')])).rejects.toThrow(
        'no permission',
      );
    },
  );

  test.each([
    ['output', '', "--out: expected the name of a file, received ''"],
    ['input', '', "--out: expected the name of a file, received ''"],
    ['output', '-', 'A file of this name is written as ./-.'],
  ] as const)('refuses what is no name: %s %j', async (role, path, message) => {
    await expect(checkFiles([{ name: '--out', path, role }])).rejects.toThrow(message);
  });

  test('takes files that are read twice, and those that do not exist', async () => {
    await checkFiles([
      file('input', 'data', 'iris.csv'),
      file('input', '--labels', 'link.csv'),
      file('input', '--space', 'absent/space.json'),
      file('journal', '--study', 's.jsonl'),
      file('output', '--out', 'folder/s.jsonl'),
    ]);
  });
});

describe('checkBegunJournal', () => {
  test('refuses outputs that lead to the journal, under any name', async () => {
    const journal = await work.write('begun.jsonl', '{}\n');
    await symlink('begun.jsonl', work.path('results.csv'));
    await checkBegunJournal(journal, { '--out': work.path('model'), '--results': undefined });
    await expect(checkBegunJournal(journal, { '--out': journal })).rejects.toThrow(
      `--out: expected a file of its own to write to, received '${journal}', which is written as --study`,
    );
    await expect(
      checkBegunJournal(journal, { '--out': undefined, '--results': work.path('results.csv') }),
    ).rejects.toThrow('--results: expected a file of its own');
  });

  test('keeps a new journal from being replaced by the model, before the first trial', async () => {
    const study = work.path('new.jsonl');
    const words = ['search', data, '--target', 'species', '--trials', '2', '--epochs', '1'];
    const { code, stderr } = await layerwise([...words, '--study', study, '--out', study]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('which is written as --study')]);
    const { trials } = await readStudy(study);
    expect(trials).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('a standard stream that is a file', () => {
  const words = ['--target', 'species', '--epochs', '1'];

  test('is none that the command reads', async () => {
    const output = await open(data, 'a');
    const { code, stderr } = await layerwise(['train', data, ...words], { output: output.fd });
    await output.close();
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${data}', which is read as data`)]);
    expect(await readFile(data, 'utf8')).toBe(irisCsv());
  });

  test('may be both of them', async () => {
    const log = work.path('log');
    const output = await open(log, 'w');
    const options = { output: output.fd, errors: output.fd };
    const { code } = await layerwise(['train', data, ...words], options);
    await output.close();
    expect(code).toBe(0);
    expect(await readFile(log, 'utf8')).toMatch(/^epoch 1.*\n.*Trained 5 networks of 1 epoch/ms);
  });

  test('is none that the command writes', async () => {
    const output = await open(work.path('report'), 'w');
    const options = { output: output.fd };
    const out = ['--out', work.path('report')];
    const { code, stderr } = await layerwise(['train', data, ...words, ...out], options);
    await output.close();
    expect([code, stderr]).toEqual([2, expect.stringContaining('which is written as --out')]);
  });
});
