import type { Autoencoder } from '../autoencoders/autoencoder.js';
import type { AutoencoderData } from '../autoencoders/data.js';
import { immediate } from '../builtins.js';
import { describeValue, requireObject } from '../checks.js';
import { ArgumentError, StateError } from '../errors.js';
import type { History } from '../model/events.js';
import type { FitOptions } from '../model/fitOptions.js';
import type { Sequential } from '../model/sequential.js';
import type { SupervisedData } from '../model/supervisedData.js';
import type { MetricName } from '../network/generated.js';
import {
  type CrossValidationOption,
  crossValidateTrial,
  epochsOfFolds,
} from './crossValidation.js';
import { requireModel } from './requireModel.js';
import { rowsToJudge, type SearchWarning, warningsOf } from './rowsToJudge.js';
import type { RunningTrial } from './runningTrial.js';
import { type SearchOptions, search } from './search.js';
import type { Space, Values } from './space.js';
import type { Study } from './study.js';
import type { CompleteTrial } from './trial.js';
import { fitTrial, type TrialFitOptions } from './trialFit.js';

/** What a kind of model trains on. */
export type DataOf<M> = M extends Autoencoder ? AutoencoderData : SupervisedData;

/** Options of the `fit` of a trial, for a kind of model. */
export type FitOptionsOf<M> = M extends Sequential<infer Output> | Autoencoder<infer Output>
  ? TrialFitOptions<FitOptions<DataOf<M>, Output, MetricName>, MetricName>
  : never;

/** Options of `searchModel`: those of `search`, with a model in place of the objective. */
export interface ModelSearchOptions<S extends Space, M extends Sequential | Autoencoder>
  extends Omit<SearchOptions<S>, 'objective'>,
    CrossValidationOption {
  /** The model for some values of the space, untrained. */
  readonly build: (values: Values<S>) => M;
  readonly data: DataOf<M>;
  /**
   * How it is trained: the options of `fit`, or a function that gives them for some values of the
   * space. `validation` is 0.2 here when it is not given; with `crossValidation` there is none.
   *
   * @default those of `fit`
   */
  readonly fit?: FitOptionsOf<M> | ((values: Values<S>) => FitOptionsOf<M>) | undefined;
}

export interface ModelSearch<S extends Space, M> {
  /** With the best values, trained on all of the data. */
  readonly model: M;
  readonly study: Study<S>;
  readonly best: CompleteTrial;
  /** Of the last training. */
  readonly history: History;
  /** What was noticed: that few rows judged the trials, say. */
  readonly warnings: readonly SearchWarning[];
}

/**
 * Looks for the values that make the best model, and trains it once more: on all of the data, for as
 * many epochs as the best trial took to its best value, without early stopping. (What is validated
 * on `{ data }` of its own is trained on the same rows as before.)
 *
 * With `crossValidation` a trial trains one model for each fold, and its value is the mean over them:
 * `crossValidation: 5`, or `{ folds: 5, groups: patients }`. The last training then has the epochs that
 * the folds of the best trial took in the mean.
 *
 * ```ts
 * const { model, best } = await searchModel({
 *   space: { units: int(8, 256, { log: true }), learningRate: float(1e-4, 1e-1, { log: true }) },
 *   build: ({ units }) => sequential([dense(units, { activation: 'relu' }), dense(1)], { inputSize }),
 *   fit: ({ learningRate }) => ({ epochs: 30, optimizer: adam({ learningRate }) }),
 *   data,
 *   trials: 50,
 * });
 * ```
 *
 * @throws as `search` does; ArgumentError when no rows are left to judge by, or fewer than folds;
 * StateError when not one trial is complete.
 */
export async function searchModel<S extends Space, M extends Sequential | Autoencoder>(
  options: ModelSearchOptions<S, M>,
): Promise<ModelSearch<S, M>> {
  requireObject(options, 'options');
  const { build: buildModel, data, fit: training, crossValidation, ...others } = options;
  requireFunction(buildModel, 'build');
  const build = (values: Values<S>): M => requireModel(buildModel(values), 'build()');
  const fitOptions = (values: Values<S>): TrainingOptions => {
    const given = trainingOptions(training, values);
    if (crossValidation !== undefined) return given;
    const { validation = 0.2, ...options }: TrainingOptions = given;
    return { ...options, validation };
  };
  let judging: number | undefined;
  let isChecked = false;
  const objective = (trial: RunningTrial<S>): Promise<{ value: number }> => {
    const { values } = trial;
    const task = { data, options: fitOptions(values) };
    const model = build(values);
    if (!isChecked) {
      const { validation } = task.options;
      judging = orRefuse(trial, () => rowsToJudge({ model, data, validation, crossValidation }));
      isChecked = true;
    }
    if (crossValidation === undefined) return fitTrial(trial, { ...task, model });
    return crossValidateTrial(trial, { ...task, build: () => build(values), crossValidation });
  };
  const study = await search({ ...others, objective });
  const best = requireBest(study);
  const values = study.valuesOf(best);
  const model = build(values);
  const { threads, signal } = options;
  const { monitor: _, validation: __, earlyStopping: ___, ...last } = fitOptions(values);
  const epochs = epochsOfFolds(best) ?? epochOfBest(best);
  const own = { threads: threads ?? last.threads, signal: signal ?? last.signal };
  const lastOptions = { ...last, ...own, epochs };
  const trainable: { fit(data: unknown, options: unknown): PromiseLike<History> } = model;
  const history = await trainable.fit(data, lastOptions);
  return { model, study, best, history, warnings: warningsOf(judging, { crossValidation }) };
}

/** What no values of the space could mend ends the search. */
function orRefuse<Result>(trial: Pick<RunningTrial, 'refuse'>, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    return trial.refuse(error);
  }
}

/** @throws ArgumentError for what are no options, such as the promise of an asynchronous function. */
function trainingOptions<V>(training: unknown, values: V): TrainingOptions {
  if (training === undefined) return {};
  if (typeof training !== 'function') return requireObject(training, 'fit');
  return requireObject(immediate(training(values)) ?? {}, 'fit()');
}

function epochOfBest({ reports, value: best }: CompleteTrial): number | undefined {
  return reports.find(({ value }) => value === best)?.step;
}

type TrainingOptions = TrialFitOptions<FitOptions<unknown, string, MetricName>, string>;

/** @internal */
export function requireBest({ best, trials }: Pick<Study, 'best' | 'trials'>): CompleteTrial {
  if (best !== null) return best;
  const error = trials.find((trial) => trial.error !== null)?.error;
  throw new StateError({
    path: 'trials',
    expected: 'one or more that are complete',
    received: error ? `none; the first error is: ${error}` : `none among ${trials.length}`,
    remedy: error
      ? 'Correct what it names, or search other values.'
      : 'Run more trials, or search other values.',
  });
}

function requireFunction(value: unknown, path: string): void {
  if (typeof value === 'function') return;
  throw new ArgumentError({ path, expected: 'a function', received: describeValue(value) });
}
