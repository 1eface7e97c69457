import { predictionBatches, predictionCard } from '../cards.js';
import type { PredictionResult, Report } from '../suite/results.js';
import { duration, table, times } from './format.js';
import { titleOf } from './names.js';

/**
 * What further threads bring to a prediction, and what they cost: threads that wait awake for work shorten a
 * call and take processor time from others.
 */
export function predictionByThreads({ prediction }: Report): string {
  const threads = Math.max(...prediction.map((row) => row.threads));
  const rows = predictionBatches.flatMap((batch) => {
    const several = prediction.filter((row) => row.threads === threads && row.batch === batch);
    return several.flatMap((row) => {
      const one = prediction.find(
        (other) => other.threads === 1 && other.batch === batch && other.driver === row.driver,
      );
      return one === undefined || one === row ? [] : [cellsOf(batch, one, row)];
    });
  });
  if (rows.length === 0) return '';
  const text =
    `The network of ${predictionCard} in calls that follow each other at once, on 1 and ${threads} threads: the time of ` +
    'a call that a quarter of the rounds stay below, and the processor time of all threads, median. layerwise ' +
    'predicts fewer than 256 rows by `predictSync`, where the second thread spins for a moment after each call.';
  const head = [
    'batch',
    'driver',
    '1 thread',
    `${threads} threads`,
    'faster by',
    'CPU, 1',
    `CPU, ${threads}`,
  ];
  return `${text}\n\n${table(head, rows)}`;
}

function cellsOf(batch: number, one: PredictionResult, several: PredictionResult): string[] {
  const [slow, fast] = [one.quarterSecondsPerCall, several.quarterSecondsPerCall];
  return [
    String(batch),
    titleOf(several.driver),
    time(slow),
    time(fast),
    slow === undefined || fast === undefined ? '' : times(slow / fast),
    time(one.cpuSecondsPerCall),
    time(several.cpuSecondsPerCall),
  ];
}

function time(seconds: number | undefined): string {
  return seconds === undefined ? 'not measured' : duration(seconds);
}
