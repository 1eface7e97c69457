import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileFormatError } from '../../lib/errors.js';
import { openStudy, readStudy } from '../../lib/search/index.js';
import { repairedJournal } from '../../lib/search/repairJournal.js';
import { objective, space } from './programs/objective.mjs';

let folder: string;
let path: string;
let lines: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
  path = join(folder, 'study.jsonl');
  using study = await openStudy(path, { space, seed: 5, now: () => 0 });
  for (let number = 0; number < 3; number++) {
    const trial = study.ask();
    trial?.setAttribute('note', number);
    if (trial) objective(trial);
  }
  lines = readFileSync(path, 'utf8').trimEnd().split('\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is saved of lines, which is a journal that can be read; one that counts as whole could be before. */
async function repaired(damaged: readonly string[], end = '\n') {
  writeFileSync(path, damaged.join('\n') + end);
  const result = await repairedJournal(path);
  const { lost, mended, renumbered } = result;
  if (lost.length + mended.length + renumbered.length === 0) await readStudy(path);
  writeFileSync(path, result.lines.join(''));
  expect((await readStudy(path)).trials).toEqual(result.trials);
  return result;
}

const replaced = (index: number, line: string) =>
  lines.map((old, at) => (at === index ? line : old));

describe('a damaged journal', () => {
  // Behind two lines of head, each trial has six: its beginning, a note, three reports, its end.
  test('that is whole stays as it is', async () => {
    const { lost, mended, renumbered } = await repaired(lines);
    expect([lost, mended, renumbered]).toEqual([[], [], []]);
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toEqual(lines);
  });

  test('loses the lines that nobody can read', async () => {
    const { trials } = await readStudy(path);
    const result = await repaired(replaced(10, '\0\0\0'));
    expect(result.lost).toEqual([{ line: 11, reason: 'no event of a study' }]);
    const reports = trials[1]?.reports.filter(({ step }) => step !== 0);
    expect(result.trials).toEqual([trials[0], { ...trials[1], reports }, trials[2]]);
  });

  test('loses a trial without its beginning; those behind it move up', async () => {
    const { trials } = await readStudy(path);
    const result = await repaired(replaced(2, '{"type":"started"'));
    expect(result.lost.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(result.renumbered).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(result.trials.map((trial) => ({ ...trial, number: trial.number + 1 }))).toEqual(
      trials.slice(1),
    );
  });

  test('runs a trial again that has lost its end', async () => {
    const result = await repaired(replaced(7, ''));
    expect(result.trials.map(({ state }) => state)[0]).toBe('running');
  });

  test('has texts where version 0.1 wrote what an error had in their place', async () => {
    for (const [error, text] of [
      ['{"reason":"bad"}', '{"reason":"bad"}'],
      ['42', '42'],
      [undefined, 'unknown'],
    ]) {
      const member = error === undefined ? '' : `,"error":${error}`;
      const end = `{"type":"finished","number":0,"at":0,"state":"failed","value":null${member}}`;
      const { trials, lost, mended } = await repaired(replaced(7, end));
      expect(trials[0]?.error).toBe(text);
      expect([lost, mended]).toEqual([[], [8]]);
    }
  });

  test('takes a trial that was begun twice for one, and an end that came twice for one', async () => {
    const begun = lines[2] ?? '';
    const twice = await repaired([...lines.slice(0, 3), begun, ...lines.slice(3)]);
    expect([twice.lost, twice.mended]).toEqual([[], [4]]);
    expect(twice.trials).toHaveLength(3);
    const end = lines[7] ?? '';
    const { lost } = await repaired([...lines.slice(0, 8), end, ...lines.slice(8)]);
    expect(lost).toEqual([
      { line: 9, reason: expect.stringContaining('trials[0]: expected a trial that runs') },
    ]);
  });

  test('gives trials the numbers of their order where whole lines changed places', async () => {
    const swapped = [...lines.slice(0, 2), ...lines.slice(8, 14), ...lines.slice(2, 8)];
    const { lost, mended, renumbered } = await repaired([...swapped, ...lines.slice(14)]);
    expect([lost, mended]).toEqual([[], []]);
    expect(renumbered).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test('finds a line behind half a line', async () => {
    const { lost, mended, trials } = await repaired(replaced(7, `{"type":"rep${lines[7]}`));
    expect([lost, mended]).toEqual([[], [8]]);
    expect(trials[0]?.state).not.toBe('running');
  });

  test('loses half a line at its end', async () => {
    const { lost } = await repaired(lines, '\n{"type":"star');
    expect(lost).toEqual([{ line: lines.length + 1, reason: 'a line without its end' }]);
  });

  test.each([
    ['without its first line', (all: string[]) => all.slice(1), 'expected the journal of a study'],
    [
      'that a newer version has written to',
      (all: string[]) => [...all, '{"type":"strategy","version":"99.0.0"}'],
      'written by layerwise 99.0.0',
    ],
  ])('%s is refused', async (_, damage, message) => {
    writeFileSync(path, `${damage(lines).join('\n')}\n`);
    await expect(repairedJournal(path)).rejects.toThrow(FileFormatError);
    await expect(repairedJournal(path)).rejects.toThrow(message);
  });

  test('can be read again, whatever has happened to its lines', async () => {
    const damage = fc.oneof(
      fc.constant((all: string[], at: number) => all.toSpliced(at, 1)),
      fc.constant((all: string[], at: number) => all.toSpliced(at, 0, all[at] ?? '')),
      fc.nat(30).map((from) => (all: string[], at: number) => {
        const source = 1 + (from % (all.length - 1));
        return all.toSpliced(source, 1).toSpliced(at, 0, all[source] ?? '');
      }),
      fc.string().map((text) => (all: string[], at: number) => all.toSpliced(at, 1, text)),
      fc.nat(90).map((cut) => (all: string[], at: number) => {
        return all.toSpliced(at, 1, (all[at] ?? '').slice(cut));
      }),
      fc
        .tuple(fc.nat(90), fc.string({ maxLength: 3 }))
        .map(([cut, text]) => (all: string[], at: number) => {
          const line = all[at] ?? '';
          return all.toSpliced(at, 1, `${line.slice(0, cut)}${text}${line.slice(cut + 1)}`);
        }),
    );
    const property = fc.asyncProperty(
      fc.array(fc.tuple(damage, fc.nat(30)), { minLength: 1, maxLength: 4 }),
      async (damages) => {
        let all = lines;
        for (const [act, at] of damages) all = act(all, 1 + (at % (all.length - 1)));
        await repaired(all.map((line) => line.replaceAll('\n', ' ')));
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });
});
