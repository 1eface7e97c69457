import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  doneShare,
  epochLine,
  metricTexts,
  type ProgressState,
  progressBar,
} from '../../../lib/cli/terminal/progressBar.js';
import { StatusLine } from '../../../lib/cli/terminal/statusLine.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatRate,
  painted,
  plural,
} from '../../../lib/cli/terminal/style.js';
import type { TrainingEvent } from '../../../lib/model/events.js';
import { lastDrawing, printing } from '../collector.js';

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

describe('progressBar', () => {
  test('shows epoch, bar, share, loss, metrics, validation, speed and time left', () => {
    expect(progressBar(state, 120)).toBe(
      'epoch 3/10 █████░░░░░░░░░░░░░░░░░░░  22 %  loss 0.2315  accuracy 93.1 %  validation 0.2504  1.20M rows/s  0:00 left',
    );
  });

  test('leaves out what matters least when the terminal is narrow', () => {
    expect(progressBar(state, 70)).toBe(
      'epoch 3/10 ███░░░░░░░░░░░░  22 %  loss 0.2315  1.20M rows/s  0:00 left',
    );
    expect(progressBar(state, 32)).toBe('epoch 3/10  22 %  loss 0.2315');
  });

  test('never is wider than the terminal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 24, max: 300 }),
        fc.double({ min: 0, noNaN: true }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (width, loss, rowsPerSecond) => {
          const event = { ...progress, loss, rowsPerSecond };
          expect(progressBar({ ...state, event }, width).length).toBeLessThanOrEqual(width);
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

describe('StatusLine', () => {
  test('redraws one line in place, cut to the width, and removes it', () => {
    const { printer: stderr, seen } = printing(20);
    const line = new StatusLine({ stderr });
    line.draw('one');
    line.draw('two, which is far too long for it');
    expect(lastDrawing(seen.text)).toBe('two, which is far t');
    line.clear();
    expect(lastDrawing(seen.text)).toBe('');
    expect(seen.text).not.toContain('\n');
  });

  test('counts the columns that characters take, and shows those that a terminal obeys', () => {
    const { printer: stderr, seen } = printing(20);
    const line = new StatusLine({ stderr });
    line.draw('Looking 판매/데이터.csv 5 %');
    expect(lastDrawing(seen.text)).toBe('Looking 판매/데이터');
    line.draw('a\u001b[2J');
    expect(lastDrawing(seen.text)).toBe('a\\x1b[2J');
  });

  test('takes a terminal that does not know its width for one of 80 columns', () => {
    const line = new StatusLine({ stderr: printing(0).printer });
    expect(line.width).toBe(79);
  });

  test('draws the same only once, and clears only what was drawn', () => {
    const { printer: stderr, seen } = printing(80);
    const line = new StatusLine({ stderr });
    line.clear();
    line.draw('same');
    line.draw('same');
    expect(seen.text).toBe('\rsame\u001b[K');
  });

  test('stays silent where nobody looks on', () => {
    for (const { printer: stderr, seen } of [printing(), printing(80, { TERM: 'dumb' })]) {
      const line = new StatusLine({ stderr });
      line.draw('text');
      line.clear();
      expect(seen.text).toBe('');
    }
  });
});

describe('numbers and colours', () => {
  test.each([
    [formatCount(1234567), '1,234,567'],
    [formatCount(999), '999'],
    [plural(1, 'row'), '1 row'],
    [plural(2000, 'row'), '2,000 rows'],
    [formatNumber(0), '0'],
    [formatNumber(0.123456), '0.1235'],
    [formatNumber(12345.6), '12345.6'],
    [formatNumber(1e-7), '1.000e-7'],
    [formatNumber(-2e9), '-2.000e+9'],
    [formatRate(950.4), '950'],
    [formatRate(12_340), '12.3k'],
    [formatRate(456_700), '457k'],
    [formatRate(4.56e6), '4.56M'],
    [formatDuration(7), '0:07'],
    [formatDuration(3723), '1:02:03'],
    [formatBytes(12), '12 B'],
    [formatBytes(36_500), '36.5 kB'],
    [formatBytes(2.5e9), '2.50 GB'],
    [
      metricTexts({ accuracy: 1, meanAbsoluteError: 0.5 }).join(),
      'accuracy 100.0 %,mean error 0.5000',
    ],
  ])('writes %s', (text, expected) => expect(text).toBe(expected));

  test.each([
    [80, {}, true],
    [80, { NO_COLOR: '1' }, false],
    [80, { NO_COLOR: '' }, true],
    [80, { TERM: 'dumb' }, false],
    [undefined, {}, false],
    [undefined, { FORCE_COLOR: '1' }, true],
    [undefined, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('on %j with %j colours: %j', (columns, environment, colored) => {
    const { printer, seen } = printing(columns, environment);
    printer.line(painted('red', 'x'));
    expect(seen.text).toBe(colored ? '\u001b[31mx\u001b[39m\n' : 'x\n');
  });
});
