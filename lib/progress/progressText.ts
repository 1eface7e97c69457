import type { TrainingEpochEvent, TrainingProgressEvent } from '../model/events.js';
import { formatDuration, formatNumber, formatRate } from '../terminal/style.js';

/** What a training shows while it runs, as text. Pure: the tests read it without a terminal. */

/** The events that tell how far the training is. */
export type ProgressingEvent = TrainingProgressEvent | TrainingEpochEvent;

export interface ProgressState {
  readonly event: ProgressingEvent;
  readonly epochs: number;
  /** Rows that train in each epoch. */
  readonly rows: number;
  /** The newest result of the validation. */
  readonly validationLoss: number | undefined;
  /** What an epoch has taken so far, in the mean; undefined before the first one has ended. */
  readonly secondsPerEpoch?: number | undefined;
}

const metricNames: Readonly<Record<string, string>> = {
  accuracy: 'accuracy',
  meanAbsoluteError: 'mean error',
};

/** Share of the whole training that is done, 0 to 1. */
export function doneShare({ event, epochs }: Pick<ProgressState, 'event' | 'epochs'>): number {
  const within = event.type === 'epoch' ? 1 : event.batch / Math.max(1, event.batches);
  return Math.min(1, (event.epoch - 1 + within) / epochs);
}

/**
 * The bar of a terminal, at most `width` characters wide: what matters least is left out first.
 *
 *     epoch 3/10 ██████░░░░░░░░  23 %  loss 0.2315  accuracy 93.1 %  validation 0.2504  1.20M rows/s  0:42 left
 */
export function progressLine(state: ProgressState, width: number): string {
  const { event, epochs, validationLoss } = state;
  const share = doneShare(state);
  const head = `epoch ${event.epoch}/${epochs}`;
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const left = secondsLeft(state, share);
  const time = Number.isFinite(left) ? `${formatDuration(left)} left` : '';
  // In the order on the screen; the first number says what goes first when the room is short.
  const segments: readonly Segment[] = [
    [0, `loss ${formatNumber(event.loss)}`],
    ...metricTexts(event.metrics).map((text): Segment => [4, text]),
    [3, validationLoss === undefined ? '' : `validation ${formatNumber(validationLoss)}`],
    [2, `${formatRate(event.rowsPerSecond)} rows/s`],
    [1, time],
  ];
  // A terminal of the usual width has room for a bar that says something.
  const reserved = width < usualWidth ? 0 : shortestBar + 1;
  const shown = fitting(segments, width - head.length - percent.length - 1 - reserved);
  const tail = [percent, ...shown].join('  ');
  const room = Math.min(longestBar, width - head.length - tail.length - 2);
  return room < shortestBar ? `${head} ${tail}` : `${head} ${bar(share, room)} ${tail}`;
}

/** By the mean of the epochs: single ones that are fast differ by a factor of ten and more. */
function secondsLeft(
  { event, epochs, rows, secondsPerEpoch }: ProgressState,
  share: number,
): number {
  return (1 - share) * epochs * (secondsPerEpoch ?? rows / event.rowsPerSecond);
}

/** One line for an epoch that has ended; what matters least is left out where it is wider than that. */
export function epochLine(
  event: ProgressingEvent,
  epochs: number,
  width = Number.POSITIVE_INFINITY,
): string {
  const validation = event.type === 'epoch' ? event.validation : null;
  const head = `epoch ${event.epoch}/${epochs}`;
  const ofValidation = validation ? metricTexts(validation.metrics, 'validation ') : [];
  const segments: readonly Segment[] = [
    [0, `loss ${formatNumber(event.loss)}`],
    ...metricTexts(event.metrics).map((text): Segment => [3, text]),
    [1, validation ? `validation loss ${formatNumber(validation.loss)}` : ''],
    ...ofValidation.map((text): Segment => [2, text]),
    [4, `${formatRate(event.rowsPerSecond)} rows/s`],
  ];
  return [head, ...fitting(segments, width - head.length)].join('  ');
}

/** `accuracy 93.1 %`. */
export function metricTexts(metrics: Readonly<Record<string, number>>, prefix = ''): string[] {
  return Object.entries(metrics).map(([name, value]) => {
    const text = name === 'accuracy' ? percentText(value) : formatNumber(value);
    return `${prefix}${metricNames[name] ?? name} ${text}`;
  });
}

/** `93.1 %`; 99.996 % is not called 100. */
function percentText(share: number): string {
  const percent = share * 100;
  const rounded = percent.toFixed(1);
  return `${share < 1 && rounded === '100.0' ? percent.toPrecision(7) : rounded} %`;
}

const usualWidth = 60;
const shortestBar = 6;
const longestBar = 24;

/** A part of a line: the lower its rank, the longer it is kept. */
export type Segment = readonly [rank: number, text: string];

/** The texts that find room with two blanks before each, the lowest ranks first. */
export function fitting(segments: readonly Segment[], width: number): string[] {
  let room = width;
  const kept = new Set<Segment>();
  for (const segment of [...segments].sort(([left], [right]) => left - right)) {
    const needed = segment[1].length + 2;
    if (segment[1] === '' || needed > room) continue;
    kept.add(segment);
    room -= needed;
  }
  return segments.filter((segment) => kept.has(segment)).map(([, text]) => text);
}

/** `██████░░`. */
export function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
