import { immediate, isNumberArray, isPromise, plainView } from '../builtins.js';
import { describeValue } from '../checks.js';
import { ArgumentError, DataError, ShapeError } from '../errors.js';
import type { LossDescription, NativeLossFunction } from '../native.js';

/** What a loss function is told besides the outputs and targets. */
export interface LossBatch {
  readonly rows: number;
  /** Outputs of a row. */
  readonly columns: number;
  /** Weights of the rows times those of their classes, `[rows]`, where the call has any; use them. */
  readonly weights: Float32Array | undefined;
}

/** What a loss function answers. */
export interface LossAnswer {
  /** Of the batch, as a mean over its rows. */
  readonly loss: number;
  /** [rows, columns], row after row: the derivative of `loss` by each output. */
  readonly gradient: ArrayLike<number>;
}

/**
 * The loss of a batch and its gradient.
 *
 * @param outputs [rows, columns], row after row: what the network gives, behind its last activation.
 * @param targets [rows, columns]; classes are one-hot rows.
 */
export type LossFunction = (
  outputs: Float32Array,
  targets: Float32Array,
  batch: LossBatch,
) => LossAnswer;

/** A loss of your own; made by `customLoss`. */
export class CustomLoss {
  readonly compute: LossFunction;

  /** @internal */
  constructor(compute: LossFunction) {
    this.compute = compute;
  }
}

/**
 * A loss that no table holds, for `fit` and `evaluate`. The function runs on the event loop, once for each
 * batch; the training waits for it on its own thread. It must be synchronous, and nothing in it is saved
 * with the model.
 *
 * ```ts
 * // Mean over the rows of the absolute error, twice as dear where the output is too small.
 * const loss = customLoss((outputs, targets, { rows }) => {
 *   const gradient = outputs.map((y, i) => (y < targets[i] ? -2 : 1) / rows);
 *   const loss = outputs.reduce((sum, y, i) => sum + gradient[i] * (y - targets[i]), 0);
 *   return { loss, gradient };
 * });
 * await model.fit(data, { loss });
 * ```
 *
 * An error that the function throws rejects the call as it is; the model keeps the weights of the last
 * whole epoch.
 *
 * @throws ArgumentError for anything but a function.
 */
export function customLoss(compute: LossFunction): CustomLoss {
  if (typeof compute === 'function') return Object.freeze(new CustomLoss(compute));
  throw new ArgumentError({
    path: 'customLoss',
    expected: 'a function of outputs, targets and batch',
    received: describeValue(compute),
  });
}

/** What the checks of the data need to know: any output, any targets. */
export const customLossRow: LossDescription = {
  name: 'customLoss',
  formula: '',
  description: '',
  parameters: [],
  output: null,
  targets: 'either',
};

/** The calls of one run, with the error that ended them. */
export class LossCalls {
  readonly #compute: LossFunction;
  #failure: { readonly error: unknown } | undefined;

  constructor({ compute }: CustomLoss) {
    this.#compute = compute;
  }

  /** What the core calls: an error must not cross it, or it would lose its identity. */
  readonly call: NativeLossFunction = (outputs, targets, gradient, rows, weights) => {
    try {
      const columns = outputs.length / rows;
      const answer: unknown = this.#compute(outputs, targets, { rows, columns, weights });
      return readAnswer(immediate(answer), gradient, columns);
    } catch (error) {
      this.#failure ??= { error };
      return null;
    }
  };

  /** The error that the caller is to see: that of the function, where there was one. */
  errorFor(error: unknown): unknown {
    return this.#failure === undefined ? error : this.#failure.error;
  }
}

function readAnswer(answer: unknown, gradient: Float32Array, columns: number): number {
  const { loss, gradient: given } = (answer ?? {}) as Partial<LossAnswer>;
  if (typeof loss !== 'number' || typeof given !== 'object' || given === null) {
    throw new ArgumentError({
      path: 'loss',
      expected: '{ loss, gradient } from the function of customLoss, a number and its derivatives',
      received: describeValue(answer),
      remedy: isPromise(answer) ? 'The function must be synchronous.' : '',
    });
  }
  if (given.length !== gradient.length) {
    throw new ShapeError({
      path: 'loss.gradient',
      expected: `${gradient.length} values, one for each output of each row`,
      received: describeValue(given.length),
    });
  }
  if (isNumberArray(given)) gradient.set(plainView(given));
  else copyGradient(given, gradient, columns);
  // A loss that is no number is a divergence, which the core finds and places.
  const wrong = Number.isFinite(loss) ? gradient.findIndex((value) => !Number.isFinite(value)) : -1;
  if (wrong === -1) return loss;
  throw wrongDerivative(given[wrong], wrong, columns);
}

/** Nothing is converted: text and null are no derivatives. */
function copyGradient(given: ArrayLike<unknown>, gradient: Float32Array, columns: number): void {
  for (let index = 0; index < gradient.length; index++) {
    const value = given[index];
    if (typeof value !== 'number') throw wrongDerivative(value, index, columns);
    gradient[index] = value;
  }
}

function wrongDerivative(value: unknown, index: number, columns: number): DataError {
  return new DataError({
    path: `loss.gradient[${Math.floor(index / columns)}][${index % columns}]`,
    expected: 'a finite number',
    received: describeValue(value),
  });
}
