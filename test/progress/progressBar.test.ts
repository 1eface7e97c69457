import { describe, expect, test } from 'vitest';
import { dense, progressBar, sequential, type TrainingWarningEvent } from '../../lib/index.js';
import { progressBarOn } from '../../lib/progress/progressBar.js';
import { startOf } from '../model/starts.js';
import { lastDrawing, printing } from '../terminal/collector.js';

const rows = { inputs: [[0], [1], [2], [3]], targets: [0, 1, 2, 3] };
const newModel = () => sequential([dense(1)], { inputSize: 1, seed: 3 });
const start = startOf({ epochs: 3, rows: 1000 });
const epoch = (number: number, seconds = 2) => ({
  ...{ type: 'epoch' as const, epoch: number, epochs: 3, loss: 0.5, metrics: { accuracy: 0.75 } },
  ...{ validation: null, learningRate: 0.001, seconds, rowsPerSecond: 500 },
});

describe('progressBar', () => {
  test('draws the bar of the command line below the lines of epochs, and removes it at the end', () => {
    const { printer, seen } = printing(80, { NO_COLOR: '1' });
    const bar = progressBarOn(() => printer);
    const line = 'epoch 1/3  loss 0.5000  accuracy 75.0 %  500 rows/s\n';
    bar.onStart?.(start);
    bar.onEpochs?.([epoch(1)]);
    expect(seen.text.startsWith(line)).toBe(true);
    expect(lastDrawing(seen.text)).toBe(
      'epoch 1/3 ███░░░░░░░  33 %  loss 0.5000  accuracy 75.0 %  500 rows/s  0:04 left',
    );
    bar.onEnd?.({ stopReason: 'completed', error: undefined });
    expect(lastDrawing(seen.text)).toBe('');
    // No colour where it was switched off: there are only the codes that redraw the bar.
    expect(seen.text.replaceAll('\u001b[K', '')).not.toContain('\u001b');
  });

  test('tells the time left by all epochs so far, as single ones differ', () => {
    const { printer, seen } = printing(80, { NO_COLOR: '1' });
    const bar = progressBarOn(() => printer);
    for (let run = 0; run < 2; run++) {
      bar.onStart?.({ ...start, epochs: 12 });
      bar.onEpochs?.([epoch(1, 1), { ...epoch(2, 9), rowsPerSecond: 1000 / 9 }]);
      expect(lastDrawing(seen.text)).toMatch(/ {2}111 rows\/s {2}0:50 left$/);
      bar.onEnd?.({ stopReason: 'completed', error: undefined });
    }
  });

  test('draws a few times a second, however fast the epochs are', () => {
    const { printer, seen } = printing(80);
    const bar = progressBarOn(() => printer);
    bar.onStart?.({ ...start, epochs: 100_000 });
    const begin = performance.now();
    for (let number = 1; number <= 20_000; number++) bar.onEpochs?.([epoch(number, 1e-6)]);
    const most = 1 + (performance.now() - begin) / 30;
    const lines = seen.text.split('\n').length;
    // Each line removes the bar and has it drawn again.
    expect(seen.text.split('\r').length - 1).toBeLessThanOrEqual(most + 2 * lines);
    expect(lines).toBeLessThan(40);
  });

  test.each([
    ['that is no terminal', printing()],
    ['that cannot redraw', printing(80, { TERM: 'dumb' })],
  ])('writes lines alone on a stream %s, and says which', (_, { printer, seen }) => {
    const bar = progressBarOn(() => printer);
    bar.onStart?.({ ...start, epochs: 60 });
    bar.onProgress?.({
      ...{ type: 'progress', epoch: 1, batch: 1, batches: 2, loss: 1, metrics: {} },
      rowsPerSecond: 1,
    });
    bar.onEpochs?.([1, 2, 3, 4].map((number) => epoch(number, 0.1)));
    bar.onEnd?.({ stopReason: 'stopped', error: undefined });
    const line = (number: number) => `epoch ${number}/60  loss 0.5000  accuracy 75.0 %  500 rows/s`;
    const explanation = 'Of 60 epochs, every second is shown, or one in 10 seconds.';
    // The last one of a run that is stopped too.
    expect(seen.text).toBe([explanation, ...[1, 2, 4].map(line), ''].join('\n'));
  });

  test('leaves warnings on the screen', () => {
    const { printer, seen } = printing(80, { NO_COLOR: '1' });
    const bar = progressBarOn(() => printer);
    bar.onStart?.(start);
    bar.onEpochs?.([epoch(1)]);
    bar.onWarning?.({ type: 'warning', message: 'loss: it rises' } as TrainingWarningEvent);
    expect(lastDrawing(seen.text)).toBe('Warning: loss: it rises\n');
  });

  test('goes on with the next run as with the first', () => {
    const { printer, seen } = printing();
    const bar = progressBarOn(() => printer);
    for (let run = 0; run < 2; run++) {
      bar.onStart?.(start);
      bar.onEpochs?.([epoch(1, 0.1)]);
      bar.onEnd?.({ stopReason: 'stopped', error: undefined });
    }
    expect(seen.text.match(/epoch 1/g)).toHaveLength(2);
  });

  test('never throws, though nobody can read it', () => {
    const { printer, seen } = printing(80);
    const bar = progressBarOn(() => printer);
    bar.onStart?.(start);
    seen.destroy(new Error('gone'));
    expect(() => bar.onEpochs?.([epoch(1)])).not.toThrow();
    expect(() => bar.onEnd?.({ stopReason: null, error: new Error('x') })).not.toThrow();
  });

  test('is a listener of runs, several of them too', async () => {
    const { printer, seen } = printing();
    const bar = progressBarOn(() => printer);
    const { epochs } = await newModel().fit(rows, { epochs: 4, listeners: [bar] });
    expect(seen.text).toContain(`epoch 4/4  loss ${epochs[3]?.loss.toPrecision(4)}`);
    expect(Object.keys(progressBar())).toEqual(Object.keys(bar));
  });
});
