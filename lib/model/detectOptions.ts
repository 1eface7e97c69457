import {
  countRule,
  requireChoice,
  requireInteger,
  requireKnownKeys,
  requireObject,
  withDefault,
} from '../checks.js';
import { type PredictOptions, type ResolvedPrediction, resolvePrediction } from './fitOptions.js';

/** What a detector is asked of rows. */

export interface DetectOptions extends PredictOptions {
  /**
   * Columns to name for each row, 1 or more.
   *
   * @default 3
   */
  readonly columns?: number | undefined;
  /**
   * Which rows are explained. For an autoencoder it takes five forward passes for each column of each row, so that all
   * rows of a large table take long.
   *
   * @default `'anomalies'`
   */
  readonly explain?: 'anomalies' | 'all' | 'none' | undefined;
}

const explanations = ['anomalies', 'all', 'none'] as const;

export interface ReadDetectOptions {
  readonly count: number;
  readonly which: (typeof explanations)[number];
  readonly prediction: ResolvedPrediction;
}

/** @throws ArgumentError */
export function readDetectOptions(given: DetectOptions): ReadDetectOptions {
  const options = requireObject(given, 'options');
  requireKnownKeys(options, ['columns', 'explain', 'threads', 'precision'], '');
  const { columns, explain, ...rest } = options;
  const which = requireChoice(withDefault(explain, 'anomalies'), explanations, 'explain');
  const count = requireInteger(withDefault(columns, 3), 'columns', countRule);
  return { count, which, prediction: resolvePrediction(rest) };
}
