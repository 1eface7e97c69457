import { requireList } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { type MetricSpec, metricTable } from './generated.js';
import { normaliseRow } from './rows.js';

/** Metrics as options of `fit` and `evaluate`. */

/** The metrics that need all rows at once, and are not known before the end of an epoch. */
export type EpochMetricName = Extract<
  (typeof metricTable)[number],
  { readonly running: false }
>['name'];

/**
 * What can be told while an epoch runs: the metrics by name, but for those that need all of its rows.
 */
export type RunningMetrics<Metric extends string> = Readonly<
  Record<Exclude<Metric, EpochMetricName>, number>
>;

/**
 * What epochs are judged by: the loss or a metric that is measured, of the training or, behind
 * `validation.`, of the validation. Metrics say themselves whether more is better.
 */
export type MonitorName<Metric extends string = string> =
  | MeasuredName<Metric>
  | `validation.${MeasuredName<Metric>}`;

type MeasuredName<Metric extends string> = 'loss' | Metric;

/** @throws ArgumentError for unknown metrics and parameters, and for a metric that is given twice. */
export function normaliseMetrics(input: unknown, path: string): readonly MetricSpec[] {
  const list = requireList(input, path, {
    of: 'metrics',
    most: metricTable.length,
    remedy: typeof input === 'string' ? `Write ['${input}'].` : '',
  });
  const metrics = list.map((one, index) =>
    normaliseRow<MetricSpec>(metricTable, 'metric', one, `${path}[${index}]`),
  );
  const names = metrics.map(({ type }) => type);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice === -1) return Object.freeze(metrics);
  throw new ArgumentError({
    path: `${path}[${twice}]`,
    expected: 'each metric once',
    received: `'${names[twice]}' again`,
    remedy: 'What is measured is found under its name: measure the other one with `evaluate`.',
  });
}
