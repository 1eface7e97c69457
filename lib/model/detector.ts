import { requireInteger, requireKnownKeys, requireNumber, requireObject } from '../checks.js';
import { normaliseThresholdRule, type ThresholdRuleSpec } from './thresholdRule.js';

/** What makes an autoencoder tell anomalies from ordinary rows; plain data, saved with the model. */
export interface Detector {
  /** A row whose score is greater is an anomaly. */
  readonly threshold: number;
  /** How the threshold was found; null when it was set by hand. */
  readonly rule: ThresholdRuleSpec | null;
  /** Rows that it was found on; 0 when it was set by hand. */
  readonly rows: number;
}

/** Squared errors have no sign: what is below 0 would flag every row. */
const thresholdLimits = { minimum: 0 } as const;
const rowsLimits = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** @throws ArgumentError */
export function requireThreshold(value: unknown, path: string): number {
  return requireNumber(value, path, thresholdLimits);
}

/**
 * Checks a detector that was read from a file.
 *
 * @throws ArgumentError
 */
export function normaliseDetector(input: unknown, path: string): Detector {
  const given = requireObject(input, path);
  requireKnownKeys(given, ['threshold', 'rule', 'rows'], path);
  const { rule } = given;
  return Object.freeze({
    threshold: requireThreshold(given.threshold, `${path}.threshold`),
    rule: rule === null ? null : normaliseThresholdRule(rule, `${path}.rule`),
    rows: requireInteger(given.rows, `${path}.rows`, rowsLimits),
  });
}
