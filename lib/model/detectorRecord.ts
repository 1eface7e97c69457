import {
  requireInteger,
  requireKnownKeys,
  requireList,
  requireNumber,
  requireObject,
  sizeRule,
} from '../checks.js';
import { ShapeError } from '../errors.js';
import { normaliseThresholdRule, type ThresholdRuleSpec } from './thresholdRule.js';

/** What makes an autoencoder tell anomalies from ordinary rows; plain data, saved with the model. */
export interface DetectorRecord {
  /** A row whose score is greater is an anomaly. */
  readonly threshold: number;
  /** How the threshold was found; null when it was set by hand. */
  readonly rule: ThresholdRuleSpec | null;
  /** Rows that it was found on; 0 when it was set by hand. */
  readonly rows: number;
  /**
   * What the squared error of each column usually is, as `columns` of the model has them: scores are made
   * of how many times as large the errors of a row are. Undefined where the score is the mean squared
   * error over the inputs, which it always was before 0.3.
   */
  readonly usualErrors?: readonly number[] | undefined;
}

/** Squared errors have no sign: what is below 0 would flag every row. */
const thresholdLimits = { minimum: 0 } as const;
const errorLimits = { minimum: 0, minimumExclusive: true } as const;
const rowsLimits = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** @throws ArgumentError */
export function requireThreshold(value: unknown, path: string): number {
  return requireNumber(value, path, thresholdLimits);
}

/**
 * Checks a detector that was read from a file.
 *
 * @param columns Columns of the model.
 * @throws ArgumentError, ShapeError
 */
export function normaliseDetector(input: unknown, columns: number, path: string): DetectorRecord {
  const given = requireObject(input, path);
  requireKnownKeys(given, ['threshold', 'rule', 'rows', 'usualErrors'], path);
  const { rule, usualErrors } = given;
  return Object.freeze({
    threshold: requireThreshold(given.threshold, `${path}.threshold`),
    rule: rule === null ? null : normaliseThresholdRule(rule, `${path}.rule`),
    rows: requireInteger(given.rows, `${path}.rows`, rowsLimits),
    ...(usualErrors !== undefined && {
      usualErrors: requireErrors(usualErrors, columns, `${path}.usualErrors`),
    }),
  });
}

function requireErrors(errors: unknown, columns: number, path: string): readonly number[] {
  const list = requireList(errors, path, { of: 'numbers', most: sizeRule.maximum });
  if (list.length !== columns) {
    throw new ShapeError({
      path,
      expected: `${columns} numbers, one for each column`,
      received: String(list.length),
    });
  }
  return Object.freeze(
    list.map((error, index) => requireNumber(error, `${path}[${index}]`, errorLimits)),
  );
}
