import type { Inputs } from '../data/matrix.js';
import type { Targets } from '../data/targets.js';
import type { RowWeights } from '../data/weights.js';
import type { MetricName, MetricOption } from '../network/generated.js';
import type { LossOptionFor } from '../network/losses.js';
import type { MonitorName } from '../network/metrics.js';
import type {
  EpochResult,
  History,
  OutputResult,
  TrainingEpochEvent,
  TrainingProgressEvent,
  TrainingStatisticsEvent,
  TrainingWarningEvent,
  ValidationResult,
} from './events.js';
import type { EvaluateOptions, TrainingOptions } from './fitOptions.js';
import type { RunListenerOption } from './listeners.js';
import type { EarlyStopping } from './loopOptions.js';
import type { objectiveRows } from './objective.js';
import type { InputsOf } from './optionRows.js';
import type { Validation } from './validationOption.js';

/** Data, options and results of a network of several outputs. */

/** The activation that each output ends with, by the name of the output. */
export type OutputActivations = Readonly<Record<string, string>>;

type MetricOf<Name extends string> = `${Name}.${MetricName}`;
type NameOf<Outputs> = Extract<keyof Outputs, string>;

/** Rows with what the network is to learn for each, output by output. */
export interface MultiOutputData<Name extends string = string> {
  /** [rows, inputSize]. */
  readonly inputs: Inputs;
  /** Of each output by its name: one target for each row. */
  readonly targets: Readonly<Record<Name, Targets>>;
  /** The names of the classes of an output in the order of its columns, where its targets are names. */
  readonly classes?: Readonly<Partial<Record<Name, readonly string[]>>> | undefined;
  /** How much each row counts in the losses of all outputs, as of `SupervisedData`. */
  readonly weights?: RowWeights | undefined;
}

/** What an output is measured by. */
export interface EvaluateOutputOptions<Activation extends string = string>
  extends Pick<InputsOf<typeof objectiveRows>, 'weight'> {
  /**
   * What is made small.
   *
   * @default after the end of the output: softmax `'crossEntropy'`, sigmoid `'binaryCrossEntropy'`, else
   * `'meanSquaredError'`
   */
  readonly loss?: LossOptionFor<Activation> | undefined;
  /**
   * Measured besides the loss: names, or data with parameters.
   *
   * @default none
   */
  readonly metrics?: readonly MetricOption[] | undefined;
}

/** What an output learns by. */
export interface OutputOptions<Activation extends string = string>
  extends EvaluateOutputOptions<Activation>,
    Pick<InputsOf<typeof objectiveRows>, 'classWeights'> {}

/** Options of `fit` of a network of several outputs. */
export interface MultiOutputFitOptions<Outputs extends OutputActivations = OutputActivations>
  extends TrainingOptions {
  /**
   * Loss, weight, metrics and class weights of the outputs.
   *
   * @default those of the options of an output, for the outputs that are not named
   */
  readonly outputs?:
    | { readonly [Name in NameOf<Outputs>]?: OutputOptions<Outputs[Name]> | undefined }
    | undefined;
  /**
   * As of a network of one output; metrics are those of an output: `'validation.digit.accuracy'`.
   *
   * @default the loss, that of the validation where there is one
   */
  readonly monitor?: MonitorName<MetricOf<NameOf<Outputs>>> | undefined;
  /**
   * Ends the run when it has stopped getting better.
   *
   * @default none
   */
  readonly earlyStopping?: EarlyStopping<MetricOf<NameOf<Outputs>>> | undefined;
  /**
   * Measured after each epoch: a share of the rows (0.1 takes a tenth, drawn by the seed, away from
   * the training), or `{ data }`.
   *
   * @default none
   */
  readonly validation?: Validation<MultiOutputData<NameOf<Outputs>>> | undefined;
  /**
   * Called with every event. An error that it throws ends the run, which rejects with it.
   *
   * @default none
   */
  readonly onEvent?: ((event: MultiOutputEvent<NameOf<Outputs>>) => void) | undefined;
  /**
   * Told of the run beside `onEvent`, as of a network of one output.
   *
   * @default none
   */
  readonly listeners?: readonly RunListenerOption<MultiOutputEvent<NameOf<Outputs>>>[] | undefined;
}

/** Options of `evaluate` of a network of several outputs. */
export interface MultiOutputEvaluateOptions<Outputs extends OutputActivations = OutputActivations>
  extends Omit<EvaluateOptions, 'loss' | 'metrics'> {
  /**
   * Loss, weight and metrics of the outputs.
   *
   * @default those of the options of an output, for the outputs that are not named
   */
  readonly outputs?:
    | { readonly [Name in NameOf<Outputs>]?: EvaluateOutputOptions<Outputs[Name]> | undefined }
    | undefined;
}

/** Beside the loss of the network: those of its outputs by name. */
interface OutputResults<Name extends string> {
  readonly outputs: Readonly<Record<Name, OutputResult>>;
}

/** Losses and metrics over rows that were not trained on. */
export type MultiOutputResult<Name extends string = string> = Omit<
  ValidationResult<never>,
  'outputs'
> &
  OutputResults<Name>;

/** The results of one epoch. */
export type MultiOutputEpoch<Name extends string = string> = Omit<
  EpochResult<never>,
  'validation' | 'outputs'
> & { readonly validation: MultiOutputResult<Name> | null } & OutputResults<Name>;

export type MultiOutputEvent<Name extends string = string> =
  | (Omit<TrainingProgressEvent<never>, 'outputs'> & OutputResults<Name>)
  | (MultiOutputEpoch<Name> & Pick<TrainingEpochEvent, 'type'>)
  | TrainingStatisticsEvent
  | TrainingWarningEvent;

/** What a finished run gives. */
export interface MultiOutputHistory<Name extends string = string>
  extends Omit<History<never>, 'epochs'> {
  readonly epochs: readonly MultiOutputEpoch<Name>[];
}
