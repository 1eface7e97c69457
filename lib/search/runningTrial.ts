import { join } from 'node:path';
import type { Autoencoder } from '../autoencoders/autoencoder.js';
import type { AutoencoderData, AutoencoderStream } from '../autoencoders/data.js';
import { notA, requireObject } from '../checks.js';
import type { FitOptions } from '../model/fitOptions.js';
import type { JsonValue } from '../model/json.js';
import type { SupervisedStream } from '../model/rowStream.js';
import type { Sequential } from '../model/sequential.js';
import type { SupervisedData } from '../model/supervisedData.js';
import type { MetricName } from '../network/generated.js';
import {
  type CrossValidationOption,
  type CrossValidationResult,
  crossValidateTrial,
} from './crossValidation.js';
import type { OpenTrial } from './openTrial.js';
import { requireModel } from './requireModel.js';
import type { Space, Values } from './space.js';
import type { Direction, Parameters, Trial } from './trial.js';
import { fitTrial, type TrialFit, type TrialFitOptions } from './trialFit.js';

/** A trial as its objective sees it. */
export class RunningTrial<S extends Space = Space> {
  readonly #trial: OpenTrial<S, unknown>;
  /** The threads that are its share; `fit` trains on so many. */
  readonly threads: number;
  /** Aborted when the search is. A trial that then fails is run again when the search goes on. */
  readonly signal: AbortSignal;

  readonly #endSearch: (error: unknown) => void;
  readonly #folder: string | undefined;
  #trainings = 0;

  /** @internal Made by `run`. */
  constructor(
    trial: OpenTrial<S, unknown>,
    threads: number,
    signal: AbortSignal,
    endSearch: (error: unknown) => void,
    folder?: string,
  ) {
    this.#trial = trial;
    this.threads = threads;
    this.signal = signal;
    this.#endSearch = endSearch;
    this.#folder = folder;
  }

  /** From 0. */
  get number(): number {
    return this.#trial.number;
  }

  /** Its values, nested as the space is. */
  get values(): Values<S> {
    return this.#trial.values;
  }

  /** The same by path: `optimizer.adam.beta1`. */
  get parameters(): Parameters {
    return this.#trial.parameters;
  }

  /** The trial as the study has recorded it so far. */
  get record(): Trial {
    return this.#trial.record;
  }

  /** Of the study. */
  get direction(): Direction {
    return this.#trial.direction;
  }

  /** @internal Ends the search with what is wrong for all values of the space. */
  refuse(error: unknown): never {
    this.#endSearch(error);
    throw error;
  }

  /** @internal Trainings of one trial are told apart by their order. */
  nextFolder(): string | undefined {
    return this.#folder && join(this.#folder, `fit-${++this.#trainings}`);
  }

  /** @internal See `Study.settleDirection`. */
  settleDirection(direction: Direction, monitor: string): void {
    try {
      this.#trial.settleDirection(direction, monitor);
    } catch (error) {
      this.refuse(error);
    }
  }

  /**
   * Tells a value on the way, usually after an epoch: what a pruner judges by.
   *
   * @param step Rises from call to call.
   * @returns whether the pruner would stop it: then `throw new TrialPruned()`.
   * @throws StateError when the step is not above the last one, or the trial has ended.
   */
  report(step: number, value: number): boolean {
    return this.#trial.report(step, value);
  }

  /** Whether the pruner would stop it, given its last report. */
  shouldPrune(): boolean {
    return this.#trial.shouldPrune();
  }

  /**
   * Keeps a value with the trial, in its record and in the journal, under a name.
   *
   * @param value JSON; a second one of the same name replaces the first.
   * @throws ArgumentError; StateError when the trial has ended.
   */
  setAttribute(name: string, value: JsonValue): void {
    this.#trial.setAttribute(name, value);
  }

  /**
   * Trains a model as `model.fit` does, on the threads of the trial. Reports after each epoch, ends
   * with `TrialPruned` when the pruner says so, and with the reason of the signal when the search is
   * aborted.
   *
   * @returns what an objective may return: the value of the best epoch, by `monitor`.
   */
  fit<Output extends string, Metric extends MetricName = never>(
    model: Sequential<Output>,
    data: SupervisedData | SupervisedStream,
    options?: TrialFitOptions<FitOptions<SupervisedData, Output, Metric>, Metric>,
  ): Promise<TrialFit<Metric>>;
  fit<Output extends string, Metric extends MetricName = never>(
    model: Autoencoder<Output>,
    data: AutoencoderData | AutoencoderStream,
    options?: TrialFitOptions<FitOptions<AutoencoderData, Output, Metric>, Metric>,
  ): Promise<TrialFit<Metric>>;
  async fit(
    model: Sequential | Autoencoder,
    data: SupervisedData | SupervisedStream | AutoencoderData | AutoencoderStream,
    options: object = {},
  ): Promise<TrialFit> {
    return fitTrial(this, { model: requireModel(model), data, options: requireOptions(options) });
  }

  /**
   * Trains a model for each fold of the data, on all other rows, and validates it on those of the fold.
   * Reports the mean of the folds so far after each of them, and ends with `TrialPruned` when the pruner
   * says so. The record has the results of the folds as attributes: `foldValues` and `foldEpochs`.
   *
   * @param build gives an untrained model, a new one each time.
   * @param options those of `fit`, without `validation`; and `crossValidation`: the number of folds, or
   * an object that says how they are cut. Default 5.
   * @returns what an objective may return: the mean of the best values of the folds, by `monitor`.
   * @throws ArgumentError, ShapeError, and as `fit` does.
   */
  crossValidate<Output extends string, Metric extends MetricName = never>(
    build: () => Sequential<Output>,
    data: SupervisedData,
    options?: CrossValidationOption &
      TrialFitOptions<Omit<FitOptions<SupervisedData, Output, Metric>, 'validation'>, Metric>,
  ): Promise<CrossValidationResult<Metric>>;
  crossValidate<Output extends string, Metric extends MetricName = never>(
    build: () => Autoencoder<Output>,
    data: AutoencoderData,
    options?: CrossValidationOption &
      TrialFitOptions<Omit<FitOptions<AutoencoderData, Output, Metric>, 'validation'>, Metric>,
  ): Promise<CrossValidationResult<Metric>>;
  async crossValidate(
    build: () => Sequential | Autoencoder,
    data: SupervisedData | AutoencoderData,
    given: CrossValidationOption = {},
  ): Promise<CrossValidationResult> {
    if (typeof build !== 'function') throw notA('a function that gives a model', build, 'build');
    const { crossValidation = 5, ...options } = requireOptions<CrossValidationOption>(given);
    const task = { build: () => requireModel(build()), data, options, crossValidation };
    return crossValidateTrial(this, task);
  }
}

function requireOptions<Options extends object>(options: Options): Options {
  requireObject(options, 'options');
  return options;
}
