import {
  describeValue,
  joinPath,
  listOf,
  type NumberRule,
  remedyFor,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import { momentsOf, quantileOf } from '../statistics.js';

/** How the limit between ordinary rows and anomalies follows from the scores of known rows. */

/** The share of the rows that is taken for anomalies lies above the threshold. */
export interface ContaminationRule {
  readonly method: 'contamination';
  /**
   * Share of the rows, above 0 and at most 0.5.
   *
   * @default 0.01
   */
  readonly contamination?: number | undefined;
}

/** The threshold is a quantile of the scores, interpolated between two neighbours. */
export interface QuantileRule {
  readonly method: 'quantile';
  /**
   * From 0 to 1.
   *
   * @default 0.99
   */
  readonly quantile?: number | undefined;
}

/** Mean + sigmas · standard deviation of the scores. */
export interface SigmaRule {
  readonly method: 'sigma';
  /**
   * Standard deviations above the mean, 0 or more.
   *
   * @default 3
   */
  readonly sigmas?: number | undefined;
}

/** The largest score times a factor. */
export interface MaximumRule {
  readonly method: 'maximum';
  /**
   * Above 0.
   *
   * @default 1
   */
  readonly factor?: number | undefined;
}

/** A rule as a caller writes it. */
export type ThresholdRule = ContaminationRule | QuantileRule | SigmaRule | MaximumRule;

export type ThresholdMethod = ThresholdRule['method'];

/** A rule with its parameter filled in. */
export type ThresholdRuleSpec = {
  [Method in ThresholdMethod]: Required<Extract<ThresholdRule, { readonly method: Method }>>;
}[ThresholdMethod];

interface RuleRow<Rule extends ThresholdRuleSpec> {
  /** The parameter, of which each rule has one. */
  readonly parameter: Exclude<keyof Rule, 'method'> & string;
  readonly fallback: number;
  readonly limits: NumberRule;
  rule(parameter: number): Rule;
  /** @param scores Ascending, one or more. */
  threshold(scores: Float32Array, parameter: number): number;
  /** The part of the rows that is taken for anomalies; 0 where the rule does not say. */
  anomalies(parameter: number): number;
}

type RuleRows = {
  readonly [Method in ThresholdMethod]: RuleRow<
    Extract<ThresholdRuleSpec, { readonly method: Method }>
  >;
};

const rows: RuleRows = {
  contamination: {
    parameter: 'contamination',
    fallback: 0.01,
    limits: { minimum: 0, minimumExclusive: true, maximum: 0.5 },
    rule: (contamination) => ({ method: 'contamination', contamination }),
    threshold: (scores, contamination) => quantileOf(scores, 1 - contamination),
    anomalies: (contamination) => contamination,
  },
  quantile: {
    parameter: 'quantile',
    fallback: 0.99,
    limits: { minimum: 0, maximum: 1 },
    rule: (quantile) => ({ method: 'quantile', quantile }),
    threshold: quantileOf,
    anomalies: (quantile) => 1 - quantile,
  },
  sigma: {
    parameter: 'sigmas',
    fallback: 3,
    limits: { minimum: 0 },
    rule: (sigmas) => ({ method: 'sigma', sigmas }),
    threshold(scores, sigmas) {
      const { mean, deviation } = momentsOf(scores);
      return mean + sigmas * deviation;
    },
    anomalies: () => 0,
  },
  maximum: {
    parameter: 'factor',
    fallback: 1,
    limits: { minimum: 0, minimumExclusive: true },
    rule: (factor) => ({ method: 'maximum', factor }),
    threshold: (scores, factor) => (scores[scores.length - 1] ?? 0) * factor,
    anomalies: () => 0,
  },
};

export const thresholdMethods = Object.keys(rows) as readonly ThresholdMethod[];

/**
 * Checks a rule and fills in its parameter.
 *
 * @throws ArgumentError
 */
export function normaliseThresholdRule(input: unknown, path: string): ThresholdRuleSpec {
  const given = requireObject(input, path === '' ? 'options' : path);
  const method = requireMethod(given.method, joinPath(path, 'method'));
  const { parameter, fallback, limits, rule } = rows[method];
  requireKnownKeys(given, ['method', parameter], path);
  const value = withDefault(given[parameter], fallback);
  return Object.freeze(rule(requireNumber(value, joinPath(path, parameter), limits)));
}

/** @throws ArgumentError that names the methods where there are no options at all. */
export function requireDetectorOptions(options: unknown): Record<string, unknown> {
  if (options !== undefined) return requireObject(options, 'options');
  throw new ArgumentError({
    path: 'options',
    expected: `an object with one of the methods ${listOf(thresholdMethods)}`,
    received: 'undefined',
    remedy: "Write { method: 'contamination', contamination: 0.01 } behind the rows, say.",
  });
}

/**
 * The rule among options, and what else stands there.
 *
 * @throws ArgumentError
 */
export function readThresholdRule(options: unknown): {
  readonly rule: ThresholdRuleSpec;
  readonly rest: Readonly<Record<string, unknown>>;
} {
  const { threads, precision, ...given } = requireDetectorOptions(options);
  return { rule: normaliseThresholdRule(given, ''), rest: { threads, precision } };
}

/** @param scores In any order, one or more; left as they are. */
export function thresholdOf(scores: Float32Array, rule: ThresholdRuleSpec): number {
  const { parameter, threshold } = rows[rule.method];
  const values: Readonly<Record<string, unknown>> = { ...rule };
  return threshold(scores.toSorted(), values[parameter] as number);
}

/** The part of the rows that a rule takes for anomalies, half of them at most; 0 where it does not say. */
export function takenForAnomalies(rule: ThresholdRuleSpec): number {
  const { parameter, anomalies } = rows[rule.method];
  const values: Readonly<Record<string, unknown>> = { ...rule };
  return Math.min(0.5, anomalies(values[parameter] as number));
}

function requireMethod(method: unknown, path: string): ThresholdMethod {
  const known = thresholdMethods.find((name) => name === method);
  if (known !== undefined) return known;
  throw new ArgumentError({
    path,
    expected: `one of the methods ${listOf(thresholdMethods)}`,
    received: describeValue(method),
    remedy: typeof method === 'string' ? remedyFor(method, thresholdMethods) : '',
  });
}
