import { isArray } from '../../builtins.js';
import { describeValue } from '../../checks.js';
import { ArgumentError, DivergenceError, rebaseError, ShapeError } from '../../errors.js';
import type { MetricName } from '../../network/generated.js';
import type { TrainingEvent } from '../events.js';
import { Model, type Trainable } from '../model.js';
import type { RowStream } from '../rowStream.js';
import { type BegunRuns, type Failure, ManyRun } from './manyRun.js';
import { type FitManyOptions, type ResolvedMany, resolveMany } from './options.js';
import { Together } from './together.js';

/** The data that a kind of model is trained with, but for streams. */
export type TrainingData<Kind extends Trainable> = Exclude<
  Parameters<Kind['fit']>[0],
  RowStream<unknown>
>;

/**
 * Trains several models at once: for many small networks of one shape, one for each customer say, or of an ensemble, it
 * takes a fraction of the time of a `fit` for each of them, as every lane of the vectors of the processor computes a model.
 * Each comes to the same bits as by its own `fit`, with its history and its events. The models may differ in whatever they
 * like: their first weights, seeds, rows (also in how many), learning rates, weights of classes; one whose `earlyStopping`
 * ends it does not hold the others up.
 *
 * Lanes compute dense layers with any activation but softmax in between, the losses that are means over the outputs, and
 * `'crossEntropy'` of classes, in batches of less than 1,024 rows and with any optimizer but L-BFGS. Whatever they do not
 * compute (other layers, penalties, clipping, averaging, `accumulateBatches`, `onNonFinite`, large networks) is trained as by
 * `fit`, several models at a time.
 *
 * ```ts
 * const models = seeds.map((seed) => sequential([dense(8, { activation: 'tanh' }), dense(1)], { inputSize: 4, seed }));
 * const histories = await fitMany(models, data, { epochs: 200, members: seeds.map((seed) => ({ seed })) });
 * ```
 *
 * Nothing is thrown here: every error rejects the run, as do those of a single model once all have ended.
 *
 * @param models One or more, of one kind, each of them once.
 * @param data One set for all, or an array with one for each model, in their order; as of `fit`, but for streams. An array is
 * always one for each: rows for all autoencoders are `{ inputs }`, or a matrix.
 * @param options As of `fit`, for every model, and what one has for itself in `members`. `timeLimit` counts from where the
 * training of a model begins.
 * Rejects with ArgumentError (models, options), ShapeError and DataError (data), StateError (a model already trains),
 * DivergenceError (the loss of a model is no longer a number: the others have trained), MemoryError.
 */
export function fitMany<Kind extends Trainable, Metric extends MetricName = never>(
  models: readonly Kind[],
  data: TrainingData<Kind> | readonly TrainingData<Kind>[],
  options: FitManyOptions<TrainingData<Kind>, Metric> = {},
): ManyRun<Metric> {
  return new ManyRun((stop) => begin<Metric>(models, data, options, stop));
}

function begin<Metric extends string>(
  given: unknown,
  data: unknown,
  input: unknown,
  stop: () => void,
): BegunRuns<Metric> {
  const models = requireModels(given);
  const dataOf = requireData(data, models.length);
  const options = resolveMany(input, models.length);
  const { signal, handleSignals, ofModels } = options;
  signal?.throwIfAborted();
  const together = new Together(models.length, options.threads);
  const runs = models.map((model, index) => {
    let hasBegun = false;
    const seat = together.seat(isArray(data) ? `data[${index}]` : 'data');
    const own: typeof seat = {
      ...seat,
      begin: async (run, report) => {
        const begun = await seat.begin(run, report);
        hasBegun = true;
        return begun;
      },
    };
    const onEvent = listenerOf(options, index, stop);
    const run = model.engine.fit<Metric>(
      dataOf(index),
      { ...ofModels[index], onEvent },
      undefined,
      own,
    );
    run.then(
      () => together.ended(index, hasBegun, undefined),
      (error: unknown) => together.ended(index, hasBegun, { error }),
    );
    return run;
  });
  const errorOf = (failures: readonly Failure[]): unknown => {
    const { model, error } = together.failure ?? (failures[0] as Failure);
    return rebaseError(error, (path) => placeOf(path, error, model, options));
  };
  return { runs, signal, handleSignals, errorOf };
}

/** What ends one training by throwing ends all of them. */
function listenerOf(
  { onEvent }: ResolvedMany,
  model: number,
  stop: () => void,
): ((event: TrainingEvent) => unknown) | undefined {
  if (onEvent === undefined) return undefined;
  return async (event) => {
    try {
      await onEvent(event, model);
    } catch (error) {
      stop();
      throw error;
    }
  };
}

/** Where in the call that stands which the training of a model calls so. */
function placeOf(path: string, error: unknown, model: number, options: ResolvedMany): string {
  const [first = ''] = path.split(/[.[]/, 1);
  if (first === 'data') return path;
  if (/^(?:inputs|targets|weights|classes)$/.test(first)) return `data[${model}].${path}`;
  const isOption = first in (options.ofModels[model] ?? {});
  if (isOption && !(error instanceof DivergenceError)) {
    return options.isOwn(model, first) ? `members[${model}].${path}` : path;
  }
  return first === 'fit' ? `models[${model}]` : `models[${model}].${path}`;
}

function requireModels(given: unknown): readonly Model[] {
  if (!isArray(given) || given.length === 0) {
    throw new ArgumentError({
      path: 'models',
      expected: 'an array of one or more models',
      received: isArray(given) ? 'an empty one' : describeValue(given),
      remedy: 'Build them with sequential or autoencoder.',
    });
  }
  const places = new Map<unknown, number>();
  for (const [index, model] of given.entries()) {
    const path = `models[${index}]`;
    if (!Model.isModel(model) || model.kind === 'multiOutput') {
      throw new ArgumentError({
        path,
        expected: 'a model of one output, as sequential, autoencoder or load give it',
        received: Model.isModel(model) ? `a ${model.kind} model` : describeValue(model),
      });
    }
    const { kind } = given[0] as Model;
    if (model.kind !== kind) {
      const received = `a ${model.kind} model`;
      throw new ArgumentError({ path, expected: `a ${kind} model, as the first one`, received });
    }
    const before = places.get(model);
    if (before !== undefined) {
      throw new ArgumentError({
        path,
        expected: 'each model once',
        received: `the one of models[${before}]`,
        remedy: 'Build a model for each training.',
      });
    }
    places.set(model, index);
  }
  return given as readonly Model[];
}

/** The data of each model. */
function requireData(data: unknown, models: number): (model: number) => unknown {
  if (!isArray(data)) return () => data;
  if (data.length === models) return (model) => data[model] as unknown;
  throw new ShapeError({
    path: 'data',
    expected: `${models} data sets, one for each model`,
    received: String(data.length),
    remedy: 'Give as many, or one data set that is no array for all: { inputs, targets }.',
  });
}
