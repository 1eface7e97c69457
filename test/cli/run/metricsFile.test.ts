import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { metricsFile } from '../../../lib/cli/run/metricsFile.js';
import { StateError } from '../../../lib/errors.js';
import type { EpochResult } from '../../../lib/index.js';
import type { TrainingStart } from '../../../lib/model/listeners.js';
import { canMount, mountDisk, unmount } from '../../io/surroundings.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerwise-metrics-'));
  path = join(folder, 'metrics.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const epochs = 9;
const result = (epoch: number): EpochResult => ({
  ...{ epoch, epochs, loss: 1 / epoch, metrics: { f1: epoch / 10 }, validation: null },
  ...{ learningRate: 0.1, seconds: 0.5, rowsPerSecond: 100 },
});
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => result(from + index));
const text = () => readFileSync(path, 'utf8');
const epochsWritten = () =>
  text()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as EpochResult).epoch);

/** Trains some epochs, of which the first ones come from a checkpoint. */
function train(before: number, to: number, confirm = () => {}): void {
  const listener = metricsFile(path, { confirm, note: () => {} });
  const start = { epochs, epochsBefore: range(1, before) } as Partial<TrainingStart>;
  listener.onStart?.(start as TrainingStart);
  const events = range(before + 1, to).map((one) => ({ type: 'epoch' as const, ...one }));
  listener.onEpochs?.(events.slice(0, 1));
  listener.onEpochs?.(events.slice(1));
  listener.onEnd?.({ stopReason: 'stopped', error: undefined });
}

describe('the numbers of a run', () => {
  test('are a line for each epoch', () => {
    train(0, 3);
    const [line = ''] = text().split('\n');
    expect(JSON.parse(line)).toEqual(result(1));
    expect(epochsWritten()).toEqual([1, 2, 3]);
  });

  test('are cut at the checkpoint that the run goes on from, in the same file', () => {
    train(0, 5);
    const { ino } = statSync(path);
    train(3, 6);
    expect(epochsWritten()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(statSync(path).ino).toBe(ino);
  });

  test('begin anew where the run does', () => {
    train(0, 5);
    train(0, 2);
    expect(epochsWritten()).toEqual([1, 2]);
  });

  test.each([
    ['lost', (lines: string[]) => lines.slice(0, 1)],
    ['cut off', (lines: string[]) => [lines.join('').slice(0, -10)]],
    ['doubled', (lines: string[]) => [lines[0] ?? '', ...lines]],
    ['gone', () => []],
  ])('are made whole where lines are %s', (_, damaged) => {
    train(0, 3);
    const lines = text().split(/(?<=\n)/);
    writeFileSync(path, damaged(lines).join(''));
    train(3, 4);
    expect(text()).toBe([...lines, `${JSON.stringify(result(4))}\n`].join(''));
  });

  test.skipIf(!canMount)('follow, each once, when a full disk has room again', () => {
    mountDisk(folder, 64);
    try {
      const filler = join(folder, 'filler');
      const notes: string[] = [];
      const note = (told: string) => void notes.push(told);
      const fill = () => {
        for (const bytes of [4096, 1]) {
          const write = () => writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' });
          expect(() => {
            for (;;) write();
          }).toThrow('ENOSPC');
        }
      };
      const listener = metricsFile(path, { confirm: () => {}, note });
      const start = { epochs, epochsBefore: range(1, 3) } as Partial<TrainingStart>;
      const tell = (from: number, to: number) =>
        listener.onEpochs?.(range(from, to).map((one) => ({ type: 'epoch' as const, ...one })));
      fill();
      listener.onStart?.(start as TrainingStart);
      tell(4, 4);
      rmSync(filler);
      tell(5, 5);
      expect(epochsWritten()).toEqual([1, 2, 3, 4, 5]);
      fill();
      // More than the file has room for within its last page.
      for (let epoch = 6; epoch < 60; epoch++) tell(epoch, epoch);
      expect(text()).toMatch(/^({.*}\n)+$/);
      const whole = epochsWritten().length;
      expect(whole).toBeLessThan(59);
      rmSync(filler);
      tell(60, 60);
      expect(epochsWritten()).toEqual(range(1, 60).map(({ epoch }) => epoch));
      expect(notes).toEqual([expect.stringMatching(/not written: ENOSPC.*metrics\.jsonl/)]);
      fill();
      for (let epoch = 61; epoch < 120; epoch++) tell(epoch, epoch);
      listener.onEnd?.({ stopReason: 'stopped', error: undefined });
      expect(notes.slice(1)).toEqual([`The numbers of some epochs are not in ${path}.`]);
    } finally {
      unmount(folder);
    }
  });

  test('are not written once another process has the folder', () => {
    train(0, 2);
    const lost = () => {
      throw new StateError({ path: folder, expected: 'one', received: 'two' });
    };
    expect(() => train(2, 3, lost)).toThrow(StateError);
    expect(epochsWritten()).toEqual([1, 2]);
  });
});
