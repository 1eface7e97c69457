import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  readRecord,
  requireSameRecord,
  type StudyRecord,
} from '../../../lib/cli/search/studyRecord.js';
import type { JsonObject } from '../../../lib/index.js';
import { readStudy } from '../../../lib/search/index.js';
import { jsonLines, layerwise } from '../process.js';
import { Workspace } from '../samples.js';

/** Trials of other data, targets and options do not get into a study without a word. */

let work: Workspace;
let data: string;
let study: string;

/** y follows from a and b, z from nothing. */
const lines = Array.from({ length: 60 }, (_, row) => {
  const [a, b] = [Math.sin(row * 1.7), Math.cos(row * 2.3)];
  const z = ((row * 7919) % 101) / 101;
  return [a, b, 3 * a + b, z].map((value) => value.toFixed(4)).join(',');
});
const csv = (rows: readonly string[]) => `${['a,b,y,z', ...rows].join('\n')}\n`;

beforeAll(async () => {
  work = await Workspace.create();
  data = await work.write('day.csv', csv(lines));
});
afterAll(() => work.remove());

let studies = 0;
beforeEach(() => {
  study = work.path(`study${studies++}.jsonl`);
});

const base = ['--target', 'y', '--ignore', 'z'];
const search = (file: string, ...words: string[]) =>
  layerwise(['search', file, '--study', study, '--parallel', '1', '--trials', '2', ...words]);

describe('the journal of a search', () => {
  test('says what its trials are of', async () => {
    expect((await search(data, ...base, '--epochs', '3')).code).toBe(0);
    const { context, trials } = await readStudy(study);
    expect(trials).toHaveLength(2);
    expect(context).toEqual({
      ...{ task: 'regression', target: 'y', judging: '--validation 0.2', epochs: 3 },
      columns: [
        ['a', 'number'],
        ['b', 'number'],
      ],
      ...{ code: null, balanced: false, space: 'default' },
      data: {
        file: data,
        rows: 60,
        classes: null,
        missing: null,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    const first = (await readFile(study, 'utf8')).split('\n')[2];
    expect(JSON.parse(first ?? '')).toMatchObject({ type: 'described', context: { epochs: 3 } });
  });

  test('takes no trials of anything else', async () => {
    await search(data, ...base, '--epochs', '3');
    const before = await readFile(study, 'utf8');
    for (const [words, what] of [
      [
        ['--target', 'z', '--ignore', 'y'],
        "target: expected 'y', as its trials have it, received 'z'",
      ],
      [
        ['--autoencoder'],
        'task: expected regression, as its trials have it, received autoencoding',
      ],
      [['--target', 'y'], "columns: expected no more inputs, received 'z' among them"],
      [['--target', 'y', '--ignore', 'z', 'b'], "columns: expected 'b' among the inputs"],
      [[...base, '--epochs', '4'], 'epochs: expected --epochs 3, as its trials have it'],
      [
        [...base, '--folds', '3'],
        'judge: expected --validation 0.2, as its trials have it, received --folds 3',
      ],
      [[...base, '--validation', '0.3'], 'received --validation 0.3'],
    ] as const) {
      const { code, stderr } = await search(data, ...words, '--trials', '3');
      expect([code, stderr]).toEqual([2, expect.stringContaining(what)]);
      expect(stderr).toContain('name another file with --study');
    }
    expect(await readFile(study, 'utf8')).toBe(before);
  });

  test('goes on with the daily file that grew, where it is told so', async () => {
    await search(data, ...base);
    const { context } = await readStudy(study);
    const grown = await work.write('grown.csv', csv([...lines, ...lines.slice(3, 40)]));
    const refused = await search(grown, ...base);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('expected 60 rows in');
    expect(refused.stderr).toContain('received other rows: 97 rows in');
    expect(refused.stderr).toContain('Write --study-data changed to go on');
    const words = [...base, '--trials', '3', '--study-data', 'changed'];
    const { code, stdout } = await search(grown, ...words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Note: The 2 trials of .* are of other rows, 60 rows in .*day.csv/);
    // Neither the epochs nor the space follow the rows: the trials stay comparable.
    const later = await readStudy(study);
    expect(later.trials).toHaveLength(3);
    expect(later.context).toMatchObject({ epochs: context?.epochs, data: { rows: 97 } });
    const again = await search(grown, ...base, '--trials', '3');
    expect([again.code, again.stdout]).toEqual([0, expect.not.stringContaining('other rows')]);
  });

  test('is the same for the same rows in another file, with other words for the rest', async () => {
    await search(data, ...base);
    const other = lines.map((line) => `${line.split(',').slice(0, 3).join(';')};9`);
    const moved = await work.write('moved.csv', csv(other).replaceAll(',', ';'));
    const { code, stderr } = await search(moved, ...base, '--patience', '2', '--sampler', 'random');
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  });

  test('of version 0.1 says once that it does not know', async () => {
    await search(data, ...base, '--epochs', '3');
    const old = (await readFile(study, 'utf8')).split('\n');
    await writeFile(study, old.filter((line) => !line.includes('"described"')).join('\n'));
    const words = [...base, '--epochs', '3', '--json'];
    const notes = async () => {
      const { code, stdout } = await search(data, ...words);
      expect(code).toBe(0);
      return jsonLines(stdout)
        .filter(({ type }) => type === 'note')
        .map(({ message }) => String(message));
    };
    const unknown = expect.stringContaining('does not say which data and options its 2 trials');
    expect(await notes()).toContainEqual(unknown);
    expect(await notes()).not.toContainEqual(unknown);
    expect((await search(data, '--target', 'z', '--ignore', 'y')).code).toBe(2);
  });

  test('has a word for other rows that needs a study', async () => {
    const { code, stderr } = await layerwise(['search', data, ...base, '--study-data', 'changed']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--study-data belongs to --study')]);
  });
});

describe('two records', () => {
  const record: StudyRecord = {
    ...{ task: 'classification', target: 'kind', judging: '--validation 0.2', epochs: 5 },
    columns: [
      ['constructor', 'number'],
      ['7', 'text'],
    ],
    ...{ code: null, balanced: false, space: 'default' },
    data: { file: 'a.csv', rows: 10, classes: 3, missing: null, sha256: 'a' },
  };
  const compare = (changes: Partial<StudyRecord>, changed = false) =>
    requireSameRecord(record, { ...record, ...changes }, 's.jsonl', changed);

  test.each<[Partial<StudyRecord>, string]>([
    [{ balanced: true }, 's.jsonl: weights of classes: expected no --balanced'],
    [{ code: 4 }, 's.jsonl: code: expected no code'],
    [
      {
        columns: [
          ['7', 'text'],
          ['constructor', 'number'],
        ],
      },
      'expected the order that they had',
    ],
    [
      {
        columns: [
          ['constructor', 'number'],
          ['7', 'number'],
        ],
      },
      "expected '7' of type text, received type number",
    ],
    [{ columns: [['__proto__', 'number']] }, "received '__proto__' among them"],
    [{ data: { ...record.data, sha256: 'b' } }, 'not all the same'],
    [
      { data: { ...record.data, classes: 4, rows: 12, sha256: 'b' } },
      '12 rows of 4 classes in a.csv',
    ],
    [
      { data: { ...record.data, missing: ['', '-'], sha256: 'b' } },
      "received other rows: 10 rows of 3 classes in a.csv, read with --missing '' -, not all the same",
    ],
  ])('that differ by %j are told apart', (changes, message) => {
    expect(() => compare(changes)).toThrow(message);
  });

  test('may be of other files, and of other rows with the word for it', () => {
    compare({ data: { ...record.data, file: 'b.csv' } });
    compare({ data: { ...record.data, sha256: 'b' } }, true);
    expect(() => compare({ task: 'regression' }, true)).toThrow('task');
  });
});

describe('a context', () => {
  const ours = {
    ...{ task: 'regression', judging: '--validation 0.2', epochs: 5 },
    columns: [['a', 'number']],
    data: { file: 'a.csv', rows: 10, missing: null, sha256: 'a' },
  };

  test('that a search has recorded is known again', () => {
    expect(readRecord(ours)).toBe(ours);
    expect(readRecord(null)).toBeNull();
  });

  test.each<[string, JsonObject]>([
    ['columns without types', { columns: ['a'] }],
    ['an epoch and a half', { epochs: 1.5 }],
    ['data without rows', { data: { ...ours.data, rows: null } }],
    ['a word that is no list', { data: { ...ours.data, missing: 'NA' } }],
  ])('of a program is none of a search: %s', (_, changes) => {
    expect(readRecord({ ...ours, ...changes })).toBeNull();
  });
});
