import { describe, expect, test } from 'vitest';
import { type EndingSignal, Interrupted } from '../../../lib/cli/exitCodes.js';
import { networkText, resumedText, stoppingText } from '../../../lib/cli/train/trainTexts.js';
import type { EpochResult } from '../../../lib/index.js';

describe('where a run goes on', () => {
  const result: EpochResult = {
    ...{ epoch: 1, epochs: 10, loss: 1, metrics: {}, validation: null },
    ...{ learningRate: 0.1, seconds: 1, rowsPerSecond: 1 },
  };
  const told = (before: number, checkpoint: string | null = 'run/checkpoint-9.safetensors') =>
    resumedText({ checkpoint, epochs: 1000, epochsBefore: Array(before).fill(result) });

  test('is told with the epoch and the checkpoint, also within the first one', () => {
    const from = 'from run/checkpoint-9.safetensors.';
    expect(told(999)).toBe(`Goes on with epoch 1,000 of 1,000, ${from}`);
    expect(told(0)).toBe(`Goes on with epoch 1 of 1,000, ${from}`);
  });

  test('is told where nothing is left to train, and not where it begins', () => {
    expect(told(1000)).toBe('run/checkpoint-9.safetensors has all of the 1,000 epochs.');
    expect(told(0, null)).toBe(null);
  });
});

test.each<[EndingSignal, string]>([
  ['SIGINT', ' Ctrl-C again quits at once.'],
  ['SIGTERM', ' SIGTERM again quits at once.'],
  ['SIGBREAK', ' Ctrl-Break again quits at once.'],
  ['SIGHUP', ''],
])('what ends a training at once is named as it was asked to end: %s', (signal, again) => {
  expect(stoppingText(new Interrupted(signal))).toBe(`Stopping after this batch.${again}`);
});

test('a network that has vectors for texts says so', () => {
  const column = { name: 'shop', type: 'embedded', categories: ['a', 'b'] } as const;
  const schema = { kind: 'table', header: true, columns: [column], target: null } as const;
  const plan = { inputSize: 1, outputSize: 1, hidden: [4], code: null, epochs: 1 };
  const of = {
    network: 'dense',
    members: 1,
    refits: false,
    batchSize: 1,
    trainingRows: 1,
    validationRows: 0,
  } as const;
  const text = networkText(
    { activation: { type: 'relu' }, dropout: undefined },
    { task: 'regression', schema },
    { ...plan, ...of },
  );
  expect(text).toBe('1 (1 as vectors of 8) - 4 relu - 1 linear');
});
