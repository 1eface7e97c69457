import { immediate, isArray } from '../builtins.js';
import { describeValue, isPlainObject, joinPath, listOf } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { EpochResult } from '../model/events.js';
import { metricTable } from '../network/generated.js';
import type { MonitorName } from '../network/metrics.js';
import { optionText } from '../optionText.js';
import type { Direction } from './trial.js';

/** What a trial is judged by. */
export type Monitor<Metric extends string = string> =
  | MonitorName<Metric>
  | ((epoch: EpochResult<Metric>) => number);

export interface MonitorOption<Metric extends string> {
  /**
   * The number that is reported after each epoch: the loss or one of the metrics, or a function of
   * the results of the epoch. Where there is a validation, `'accuracy'` is that of the validation, as
   * is `'validation.accuracy'`. What is named is also what early stopping and the schedule
   * `'reduceOnPlateau'` go by, and says whether the study looks for small or for large values.
   *
   * @default `'loss'`
   */
  readonly monitor?: Monitor<NoInfer<Metric>> | undefined;
}

/** A monitor that has been looked up among what the options measure. */
export interface ResolvedMonitor {
  /** As `fit` calls it: `validation.accuracy`; undefined for a function. */
  readonly name: string | undefined;
  /** Which of its values are good; undefined for a function, and for what `fit` will refuse. */
  readonly direction: Direction | undefined;
  readonly read: (epoch: EpochResult) => number;
}

/** What of the options of `fit` says which numbers there are. */
interface MeasuringOptions {
  readonly metrics?: unknown;
  readonly outputs?: unknown;
  readonly validation?: unknown;
}

/** @throws ArgumentError for what is not measured. */
export function resolveMonitor(monitor: Monitor, options: MeasuringOptions): ResolvedMonitor {
  if (typeof monitor === 'function') {
    return { name: undefined, direction: undefined, read: (epoch) => immediate(monitor(epoch)) };
  }
  const names = ['loss', ...metricNamesOf(options)];
  const measured = names.includes(monitor) ? monitor : withoutPrefix(monitor);
  const validates = options.validation !== undefined;
  if (!names.includes(measured) || (measured !== monitor && !validates)) {
    throw unknownMonitor(monitor, names, measured !== monitor && !validates);
  }
  return {
    name: validates ? `${validationPrefix}${measured}` : measured,
    direction: directionOf(measured),
    read: (epoch) => valueIn(epoch.validation ?? epoch, measured),
  };
}

const validationPrefix = 'validation.';

function withoutPrefix(monitor: unknown): string {
  const name = String(monitor);
  return name.startsWith(validationPrefix) ? name.slice(validationPrefix.length) : name;
}

/** Of several outputs with the name of the output before them; what is no metric is left to `fit`. */
function metricNamesOf({ metrics, outputs }: MeasuringOptions): readonly string[] {
  const heads = isPlainObject(outputs) ? Object.entries(outputs) : [];
  const ofHeads = heads.flatMap(([head, options]) =>
    namesIn(isPlainObject(options) ? options.metrics : undefined).map((name) =>
      joinPath(head, name),
    ),
  );
  return [...namesIn(metrics), ...ofHeads];
}

function namesIn(metrics: unknown): readonly string[] {
  if (!isArray(metrics)) return [];
  return metrics.map((metric) => String(isPlainObject(metric) ? metric.type : metric));
}

function directionOf(measured: string): Direction | undefined {
  if (measured === 'loss') return 'minimize';
  const metric = measured.slice(measured.lastIndexOf('.') + 1);
  return metricTable.find(({ name }) => name === metric)?.direction;
}

/** Of networks of several outputs, the metrics stand with their output. */
function valueIn({ loss, metrics, outputs }: Measurement, name: string): number {
  if (name === 'loss') return loss;
  const dot = name.indexOf('.');
  const found = dot < 0 ? metrics : outputs?.[name.slice(0, dot)]?.metrics;
  return found?.[name.slice(dot + 1)] ?? Number.NaN;
}

type Measurement = Pick<EpochResult, 'loss' | 'metrics' | 'outputs'>;

function unknownMonitor(
  monitor: unknown,
  names: readonly string[],
  lacksValidation: boolean,
): ArgumentError {
  const known = names.map((name) => `'${name}'`);
  return new ArgumentError({
    path: 'monitor',
    expected: `${listOf(known, 'or')}, or a function${lacksValidation ? ', as there is no validation' : ''}`,
    received: describeValue(monitor),
    remedy: lacksValidation
      ? `Give ${optionText('validation', 0.1)}, say, or monitor the training.`
      : `Name the metric in ${optionText('metrics')} too.`,
  });
}
