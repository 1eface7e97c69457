import {
  countRule,
  describeValue,
  joinPath,
  optionalFunction,
  requireInteger,
  requireKnownKeys,
  requireObject,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { LayerActivations } from '../model/activations.js';
import type { HyperParameter, HyperParameters } from './hyperParameter.js';

/** Options of `tensorBoard`. */
export interface TensorBoardOptions {
  /**
   * Shown beside the options of the training, and in the place of those of the same name: what a search tries, say.
   *
   * @default none
   */
  readonly hyperParameters?: Readonly<Record<string, string | number | boolean>> | undefined;
  /**
   * Whether, or when, histograms are written.
   *
   * @default true: those of the parameters, about a hundred times in a training
   */
  readonly histograms?: boolean | HistogramOptions | undefined;
}

/** When histograms are written, and what of. */
export interface HistogramOptions {
  /**
   * After every so many epochs, and after the last one.
   *
   * @default a hundredth of the epochs, at least 1
   */
  readonly everyEpochs?: number | undefined;
  /**
   * Gives what the layers give for some rows, `() => model.activations(sample)` say. It is asked when the parameters are
   * looked at; the training goes on meanwhile.
   *
   * @default none: there are histograms of the parameters alone
   */
  readonly activations?: (() => PromiseLike<readonly LayerActivations[]>) | undefined;
}

export interface ResolvedTensorBoard {
  readonly hyperParameters: HyperParameters;
  /** Null for none. */
  readonly histograms: HistogramOptions | null;
}

/** @throws ArgumentError */
export function resolveTensorBoard(input: unknown): ResolvedTensorBoard {
  const options = requireObject(input, 'options');
  requireKnownKeys(options, ['hyperParameters', 'histograms'], '');
  const { hyperParameters = {}, histograms = true } = options;
  return {
    hyperParameters: readHyperParameters(hyperParameters),
    histograms: readHistograms(histograms),
  };
}

function readHyperParameters(given: unknown): HyperParameters {
  const path = 'hyperParameters';
  const entries = Object.entries(requireObject(given, path));
  for (const [name, value] of entries) {
    const isPlain = ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
    if (isPlain) continue;
    throw new ArgumentError({
      path: joinPath(path, name),
      expected: 'a finite number, a string or a boolean',
      received: describeValue(value),
    });
  }
  return Object.fromEntries(entries) as Record<string, HyperParameter>;
}

function readHistograms(given: unknown): HistogramOptions | null {
  if (typeof given === 'boolean') return given ? {} : null;
  const path = 'histograms';
  const options = requireObject(given, path);
  requireKnownKeys(options, ['everyEpochs', 'activations'], path);
  const { everyEpochs } = options;
  return {
    everyEpochs:
      everyEpochs === undefined
        ? undefined
        : requireInteger(everyEpochs, `${path}.everyEpochs`, countRule),
    activations: optionalFunction(
      options.activations,
      `${path}.activations`,
    ) as HistogramOptions['activations'],
  };
}
