import { requireList } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { NameCheck, NameLike, SpecInput } from './data.js';
import { type MetricName, type MetricSpec, metricTable } from './generated.js';
import { normaliseRow } from './rows.js';

/** Metrics as options of `fit` and `evaluate`. */

/** A metric as an option: its name, or data with parameters: `{ type: 'f1', average: 'micro' }`. */
export type MetricOption = MetricName | SpecInput<MetricSpec>;

/** The same while typing: the known names are offered, and any string is taken. */
export type MetricLike = NameLike<MetricName> | SpecInput<MetricSpec>;

/** The names under which metrics are found in the results. */
export type MetricNameOf<Metric> = Metric extends string
  ? Metric
  : Metric extends { readonly type: infer Name extends string }
    ? Name
    : never;

/** Put beside metrics that were inferred, refuses unknown names and parameters. */
export type MetricCheck<Metric> = Metric extends string
  ? NameCheck<Metric, MetricName>
  : Metric extends { readonly type: infer Name }
    ? KnownKeys<Metric, SpecInput<Extract<MetricSpec, { readonly type: Name }>>>
    : never;

type KnownKeys<Given, Spec> = Spec & { readonly [Key in Exclude<keyof Given, keyof Spec>]?: never };

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
