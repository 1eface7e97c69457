import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TrainingEvent } from '../../lib/model/events.js';
import {
  doneShare,
  epochLine,
  metricTexts,
  type ProgressState,
  progressLine,
} from '../../lib/progress/progressText.js';

const progress: TrainingEvent = {
  type: 'progress',
  epoch: 3,
  batch: 50,
  batches: 200,
  loss: 0.23154,
  metrics: { accuracy: 0.9312 },
  rowsPerSecond: 1.2e6,
};

const epoch: TrainingEvent = {
  type: 'epoch',
  epoch: 4,
  epochs: 10,
  loss: 0.2,
  metrics: { accuracy: 0.94 },
  validation: { loss: 0.25, metrics: { accuracy: 0.9 } },
  learningRate: 0.001,
  seconds: 2,
  rowsPerSecond: 950,
};

const state: ProgressState = {
  event: progress,
  epochs: 10,
  rows: 60_000,
  validationLoss: 0.2504,
};

describe('progressLine', () => {
  test('shows epoch, bar, share, loss, metrics, validation, speed and time left', () => {
    expect(progressLine(state, 120)).toBe(
      'epoch 3/10 █████░░░░░░░░░░░░░░░░░░░  22 %  loss 0.2315  accuracy 93.1 %  validation 0.2504  1.20M rows/s  0:00 left',
    );
  });

  test('leaves out what matters least when the terminal is narrow', () => {
    expect(progressLine(state, 70)).toBe(
      'epoch 3/10 ███░░░░░░░░░░░░  22 %  loss 0.2315  1.20M rows/s  0:00 left',
    );
    expect(progressLine(state, 32)).toBe('epoch 3/10  22 %  loss 0.2315');
  });

  test('never is wider than the terminal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 24, max: 300 }),
        fc.double({ min: 0, noNaN: true }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (width, loss, rowsPerSecond) => {
          const event = { ...progress, loss, rowsPerSecond };
          expect(progressLine({ ...state, event }, width).length).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  test('counts the share over all epochs', () => {
    expect(doneShare({ event: progress, epochs: 10 })).toBe(0.225);
    expect(doneShare({ event: epoch, epochs: 10 })).toBe(0.4);
    expect(doneShare({ event: { ...epoch, epoch: 10 }, epochs: 10 })).toBe(1);
  });
});

describe('epochLine', () => {
  test('tells the results of an epoch', () => {
    expect(epochLine(epoch, 10)).toBe(
      'epoch 4/10  loss 0.2000  accuracy 94.0 %  validation loss 0.2500  validation accuracy 90.0 %  950 rows/s',
    );
  });
});

describe('metricTexts', () => {
  test('names metrics, and gives shares in percent', () => {
    expect(metricTexts({ accuracy: 1, meanAbsoluteError: 0.5 })).toEqual([
      'accuracy 100.0 %',
      'mean error 0.5000',
    ]);
  });
});
