import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { metricsFile } from '../../../lib/cli/run/metricsFile.js';
import { StateError } from '../../../lib/errors.js';
import type { EpochResult } from '../../../lib/index.js';
import type { TrainingStart } from '../../../lib/model/listeners.js';

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
  const listener = metricsFile(path, confirm);
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

  test('are not written once another process has the folder', () => {
    train(0, 2);
    const lost = () => {
      throw new StateError({ path: folder, expected: 'one', received: 'two' });
    };
    expect(() => train(2, 3, lost)).toThrow(StateError);
    expect(epochsWritten()).toEqual([1, 2]);
  });
});
