import type { Autoencoder } from '../autoencoders/autoencoder.js';
import { isArray } from '../builtins.js';
import {
  describeValue,
  isPlainObject,
  joinPath,
  requireBoolean,
  requireKnownKeys,
  requireObject,
} from '../checks.js';
import { type Fold, kFold, type RowLabels } from '../data/folds.js';
import { isMatrixLike } from '../data/matrix.js';
import { hasInputs, type RowData, rowCountOf, takeRows } from '../data/takeRows.js';
import { ArgumentError, rebaseError } from '../errors.js';
import type { History } from '../model/events.js';
import type { FitOptions } from '../model/fitOptions.js';
import type { JsonValue } from '../model/json.js';
import type { Sequential } from '../model/sequential.js';
import type { MetricName } from '../network/generated.js';
import { outputActivationOf } from '../network/network.js';
import { momentsOf } from '../statistics.js';
import type { Trial } from './trial.js';
import { type FittingTrial, fitTrial, type TrialFitOptions, TrialPruned } from './trialFit.js';

/** How rows are cut into folds, each of which validates a model that the others have trained. */
export interface CrossValidation {
  /**
   * Parts of the rows, each of which is held back once.
   *
   * @default 5
   */
  readonly folds?: number | undefined;
  /**
   * Whether each fold gets the same share of each class.
   *
   * @default where the network ends in softmax, logSoftmax or sigmoid, and there is one target for each
   * row
   */
  readonly stratified?: boolean | undefined;
  /**
   * The group of each row: rows of one group stay in one fold.
   *
   * @default none
   */
  readonly groups?: RowLabels | undefined;
  /**
   * Decides which rows come together, 32 bits.
   *
   * @default 0: all trials have the same folds
   */
  readonly seed?: number | undefined;
}

export interface CrossValidationOption {
  /**
   * The number of folds, or how they are cut.
   *
   * @default none: what `validation` holds back judges
   */
  readonly crossValidation?: number | CrossValidation | undefined;
}

/** What the cross-validation of a trial gives. */
export interface CrossValidationResult<Metric extends string = string> {
  /** The mean of the values of the folds. */
  readonly value: number;
  /** Their standard deviation. */
  readonly deviation: number;
  /** How many epochs the folds took to their best values: the mean, rounded. */
  readonly epochs: number;
  readonly folds: readonly FoldFit<Metric>[];
}

export interface FoldFit<Metric extends string = string> {
  /** Of the best epoch, on the rows of the fold. */
  readonly value: number;
  /** The epoch that has this value, from 1. */
  readonly epoch: number;
  readonly history: History<Metric>;
}

type Trainable = Sequential | Autoencoder;

/** A trial that also takes notes. */
export interface ValidatingTrial extends FittingTrial {
  setAttribute(name: string, value: JsonValue): void;
}

interface CrossValidationTask {
  readonly build: () => Trainable;
  readonly data: RowData;
  readonly options: TrialFitOptions<FitOptions<unknown, string, MetricName>, string>;
  readonly crossValidation: number | CrossValidation;
  /** Given the rows of each fold, copies of its own, before they train and validate. */
  readonly adapt?: ((training: RowData, validation: RowData) => void) | undefined;
}

/** The attributes of a trial in which the results of its folds stand. */
const valuesAttribute = 'foldValues';
const epochsAttribute = 'foldEpochs';

/** See `RunningTrial.crossValidate`. */
export async function crossValidateTrial(
  trial: ValidatingTrial,
  { build, data, options, crossValidation, adapt }: CrossValidationTask,
): Promise<CrossValidationResult> {
  if (options.validation !== undefined) {
    throw new ArgumentError({
      path: 'validation',
      expected: 'none, as each fold validates a model',
      received: describeValue(options.validation),
    });
  }
  const first = build();
  const columns = first.inputSize;
  const { threads, signal } = trial;
  // The epochs of one fold say little of another: a pruner judges by the mean of the folds.
  const quiet: FittingTrial = {
    ...{ threads, signal, report: () => false, nextFolder: () => trial.nextFolder() },
    settleDirection: (direction, monitor) => trial.settleDirection(direction, monitor),
    get direction() {
      return trial.direction;
    },
  };
  const results: FoldFit[] = [];
  const folds = foldsOf(first, data, crossValidation);
  for (const { training, validation } of folds) {
    const own = takeRows(data, training, columns);
    const others = takeRows(data, validation, columns);
    adapt?.(own, others);
    const task = { data: own, options: { ...options, validation: { data: others } } };
    const model = results.length === 0 ? first : build();
    results.push(await fitTrial(quiet, { ...task, model }));
    trial.setAttribute(
      valuesAttribute,
      results.map(({ value }) => jsonNumber(value)),
    );
    trial.setAttribute(
      epochsAttribute,
      results.map(({ epoch }) => epoch),
    );
    const isHopeless = trial.report(results.length, summaryOf(results).value);
    if (isHopeless && results.length < folds.length) throw new TrialPruned();
  }
  return summaryOf(results);
}

function summaryOf(folds: readonly FoldFit[]): CrossValidationResult {
  const { mean, deviation } = momentsOf(folds.map(({ value }) => value));
  const epochs = Math.round(momentsOf(folds.map(({ epoch }) => epoch)).mean);
  return { value: mean, deviation, epochs, folds: [...folds] };
}

/** JSON has no words for NaN and the infinities. */
function jsonNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The epochs that a trial took to its value, in the mean of its folds; undefined without folds. */
export function epochsOfFolds({ attributes }: Pick<Trial, 'attributes'>): number | undefined {
  const epochs = attributes[epochsAttribute];
  if (!isArray(epochs) || epochs.length === 0) return undefined;
  return Math.round(momentsOf(epochs.map(Number)).mean);
}

/** @throws ArgumentError, ShapeError */
export function foldsOf(model: Trainable, data: RowData, input: number | CrossValidation): Fold[] {
  const path = 'crossValidation';
  const options = isPlainObject(input) ? input : { folds: input };
  requireKnownKeys(requireObject(options, path), ['folds', 'stratified', 'groups', 'seed'], path);
  const { stratified, ...others }: CrossValidation = options;
  const labels = labelsOf(data);
  if (stratified !== undefined) requireBoolean(stratified, `${path}.stratified`);
  if (stratified === true && labels === undefined) {
    throw new ArgumentError({
      path: `${path}.stratified`,
      expected: 'false, as the targets are not one class for each row',
      received: 'true',
    });
  }
  const isStratified = stratified ?? classifying.includes(outputActivationOf(model.spec));
  const rows = rowCountOf(data, model.inputSize);
  try {
    return kFold(rows, { ...others, classes: isStratified ? labels : undefined });
  } catch (error) {
    throw rebaseError(error, (place) => joinPath(path, place));
  }
}

/** Targets of one value for each row; undefined where there are none, or several. */
function labelsOf(data: RowData): RowLabels | undefined {
  const targets = hasInputs(data) ? data.targets : undefined;
  if (targets === undefined || isMatrixLike(targets)) return undefined;
  if (!isArray(targets)) return targets as RowLabels;
  const isLabel = (target: unknown) => ['string', 'number', 'boolean'].includes(typeof target);
  return targets.every(isLabel) ? (targets as RowLabels) : undefined;
}

/** What tells classes apart ends in one of these. */
const classifying = ['softmax', 'logSoftmax', 'sigmoid'];
