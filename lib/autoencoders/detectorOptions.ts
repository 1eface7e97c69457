import { requireChoice, withDefault } from '../checks.js';
import type { Inputs } from '../data/matrix.js';
import { type DetectorRecord, requireThreshold } from '../model/detectorRecord.js';
import {
  type PredictOptions,
  type ResolvedPrediction,
  resolvePrediction,
} from '../model/fitOptions.js';
import type { ForwardRule } from '../model/forward.js';
import { type InputColumn, numberedColumns } from '../model/inputColumns.js';
import {
  normaliseThresholdRule,
  requireDetectorOptions,
  type ThresholdRule,
  type ThresholdRuleSpec,
  takenForAnomalies,
  thresholdOf,
} from '../model/thresholdRule.js';
import type { Detector } from './detector.js';
import { judgeOf, scoresOf } from './judging.js';
import { usualErrorsOf } from './usualErrors.js';

/** How a detector is made. */

const kindsOfErrors = ['relative', 'squared'] as const;

/** What the scores of a detector are made of. */
export interface DetectorScores {
  /**
   * `'relative'`: how many times as large the error of each column is as is usual for it, so that all columns
   * count the same; for tables. `'squared'`: the mean squared error over the inputs, as `score` of the model
   * has it; for images and the like, whose inputs are of one kind.
   *
   * @default `'relative'` where `columns` of the model are set, else `'squared'`
   */
  readonly errors?: 'relative' | 'squared' | undefined;
}

/** Options of `detector`: the rule for the threshold beside those of a forward pass. */
export type DetectorOptions = ThresholdRule & DetectorScores & PredictOptions;

/** `model.detector`, which was a property before 0.3: its fields can still be read. */
export interface MakeDetector {
  (inputs: Inputs, options: DetectorOptions): Promise<Detector>;
  /** @deprecated Read it from `anomalyDetector`. */
  readonly threshold: number | undefined;
  /** @deprecated Read it from `anomalyDetector`. */
  readonly rule: ThresholdRuleSpec | null | undefined;
  /** @deprecated Read it from `anomalyDetector`. */
  readonly rows: number | undefined;
}

/**
 * Finds what rows usually are, and where anomalies begin.
 *
 * @param columns undefined where the model has none.
 */
export async function findDetector(
  inputs: Inputs,
  pass: ForwardRule,
  columns: readonly InputColumn[] | undefined,
  options: DetectorOptions,
): Promise<DetectorRecord> {
  const { rule, errors, prediction } = readOptions(
    options,
    columns === undefined ? 'squared' : 'relative',
  );
  const known = columns ?? numberedColumns(pass.inputSize);
  const share = takenForAnomalies(rule);
  const usualErrors =
    errors === 'relative' ? await usualErrorsOf(inputs, pass, known, share, prediction) : undefined;
  const scores = await scoresOf(inputs, judgeOf(pass, known, usualErrors), prediction);
  const threshold = requireThreshold(thresholdOf(scores, rule), 'threshold');
  return { threshold, rule, rows: scores.length, ...(usualErrors && { usualErrors }) };
}

interface ReadOptions {
  readonly rule: ThresholdRuleSpec;
  readonly errors: (typeof kindsOfErrors)[number];
  readonly prediction: ResolvedPrediction;
}

function readOptions(options: DetectorOptions, fallback: ReadOptions['errors']): ReadOptions {
  const { threads, precision, errors, ...given } = requireDetectorOptions(options);
  const rule = normaliseThresholdRule(given, '');
  const prediction = resolvePrediction({ threads, precision } as PredictOptions);
  const chosen = requireChoice(withDefault(errors, fallback), kindsOfErrors, 'errors');
  return { rule, errors: chosen, prediction };
}
