/** The types of the compiled core: what it takes and what it gives. */

/** Any spec: a type with parameters of its own. The second form is for literals. */
export type JsonSpec =
  | { readonly type: string }
  | { readonly type: string; readonly [parameter: string]: unknown };

export interface NativeNetworkSpec {
  readonly inputSize: number;
  readonly seed: number;
  readonly layers: readonly JsonSpec[];
}

/** One numeric or boolean parameter of a row in the tables of the core. */
export interface ParameterDescription {
  readonly name: string;
  readonly default: number | boolean | string;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly minimumExclusive: boolean;
  readonly maximumExclusive: boolean;
  /** Set where only whole numbers will do. */
  readonly whole?: true;
  /** The names that it may have, where it is a name. */
  readonly choices?: readonly string[];
  readonly description: string;
}

/** An activation, loss, optimizer, schedule, initializer, metric or layer as the core describes it. */
export interface RowDescription {
  readonly name: string;
  readonly formula: string;
  readonly description: string;
  readonly parameters: readonly ParameterDescription[];
  /** A second name, or null. Only activations and initializers have one. */
  readonly alias?: string | null;
}

export interface ActivationDescription extends RowDescription {
  /** `row`: the function mixes the values of a row, as softmax does. */
  readonly scope: 'element' | 'row';
  /** What weights in front of it are drawn from by default. */
  readonly initializer: string;
  /** The factor on the spread of weights that suits it, at the defaults of its parameters. */
  readonly gain: number;
  /** The parameter that is the slope for negative inputs, where the gain depends on it. */
  readonly gainSlope: string | null;
}

export interface LossDescription extends RowDescription {
  /** The activation that the network has to end with, or null when any will do. */
  readonly output: string | null;
  readonly targets: 'classes' | 'matrix' | 'either';
}

export interface MetricDescription extends RowDescription {
  /** What is better: small values, or large ones. */
  readonly direction: 'minimize' | 'maximize';
  /** What outputs and targets have to be: one class out of several, one yes or no, … */
  readonly of: readonly ('classes' | 'yesOrNo' | 'labels' | 'numbers')[];
  /** Whether it is known at any time, and not only at the end of an epoch. */
  readonly running: boolean;
}

export interface CoreDescription {
  readonly activations: readonly ActivationDescription[];
  readonly losses: readonly LossDescription[];
  readonly optimizers: readonly RowDescription[];
  readonly schedules: readonly RowDescription[];
  readonly initializers: readonly RowDescription[];
  readonly metrics: readonly MetricDescription[];
  readonly layers: readonly RowDescription[];
  /** The names of the options that each call takes, and those of one of several outputs. */
  readonly options: Readonly<
    Record<
      'fit' | 'trainer' | 'evaluate' | 'checkGradients' | 'testLearningRates' | 'output',
      readonly string[]
    >
  >;
  /** The largest values of options that have no row. */
  readonly limits: { readonly threads: number };
}

export type InstructionSet = 'scalar' | 'avx2' | 'avx512' | 'neon';

/** What runs the arithmetic on this machine. */
export interface CoreInfo {
  /** Version of the compiled core. */
  readonly version: string;
  readonly instructionSet: InstructionSet;
  readonly availableInstructionSets: readonly InstructionSet[];
  /** Threads that a run uses when the option `threads` is not given. */
  readonly threads: number;
  /** Processors that the process may use: its affinity, and the quota of its container rounded up. */
  readonly processors: number;
  /** What compiled the core: `gcc 12.2.0`. */
  readonly compiler: string;
}

export interface DatasetShape {
  readonly rows: number;
  readonly columns: number;
  readonly inputType: 'float32' | 'uint8';
  readonly scale?: number;
  readonly offset?: number;
  /** Of the only output; `targets` in its place are those of several. */
  readonly target?: TargetForm;
  readonly targetColumns?: number;
  readonly targets?: readonly {
    readonly target: TargetForm;
    readonly targetColumns?: number | undefined;
  }[];
  readonly weights?: boolean;
  /** Where the inputs lie, which are not written then. */
  readonly file?: NativeFile | undefined;
}

/** Rows of numbers in a file: see native/data/file_rows.h. */
export interface NativeFile {
  readonly path: string;
  /** What errors call the rows. */
  readonly place: string;
  /** Size, and when it was last written to: a file that is otherwise is refused. */
  readonly bytes: number;
  readonly modifiedSeconds: number;
  readonly modifiedNanoseconds: number;
  /** First byte of the numbers. */
  readonly start: number;
  readonly type: string;
  readonly scale?: number;
  readonly offset?: number;
  /** Bytes of memory for rows that are read ahead. */
  readonly memory: number;
}

type TargetForm = 'none' | 'input' | 'classes' | 'matrix';

export interface NativeDataset {
  readonly bytes: number;
  /** Whether all rows that are written have the same target. */
  readonly targetsAreConstant: boolean;
  writeInputs(rowStart: number, values: Float32Array | Float64Array | Uint8Array): void;
  writeTargets(
    rowStart: number,
    values: Float32Array | Float64Array | Int32Array,
    output?: number,
  ): void;
  writeWeights(rowStart: number, values: Float32Array | Float64Array): void;
}

export interface NativeLayer {
  /** Its place in the spec: `layers[2]`, in a residual block `layers[2].layers[0]`. */
  readonly path: string;
  readonly type: string;
  readonly inputSize: number;
  readonly outputSize: number;
  readonly parameterCount: number;
  /** How many of them training changes. */
  readonly trainableCount: number;
  /** Null for a layer that has none; `'linear'` for one that could have another. */
  readonly activation: string | null;
}

export interface NativeParameter {
  readonly name: string;
  readonly layer: number;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

export interface NativeProgress {
  readonly type: 'progress';
  readonly epoch: number;
  readonly batch: number;
  readonly batches: number;
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly rowsPerSecond: number;
}

/** What a run trains on, and what it measures. */
export interface NativeRunShape {
  /** Epochs that were asked for. */
  readonly epochs: number;
  /** Rows that train in each of them. */
  readonly rows: number;
  /** Rows that are measured after each of them; 0 without a validation. */
  readonly validationRows: number;
  /** Whether the network has several outputs, each with a loss of its own. */
  readonly hasHeads: boolean;
  readonly outputs: readonly { readonly name: string; readonly metrics: readonly string[] }[];
}

export interface NativeSpread {
  readonly mean: number;
  readonly std: number;
  readonly norm: number;
}

export interface NativeStatistics {
  readonly type: 'statistics';
  readonly epoch: number;
  readonly update: number;
  readonly rows: number;
  readonly layers: readonly {
    readonly layer: number;
    readonly path: string;
    readonly type: string;
    readonly isOutput: boolean;
    readonly outputs: NativeSpread;
    readonly deadUnits: number;
    readonly saturated: number | null;
    readonly outputGradients: NativeSpread | null;
    readonly gradients: NativeSpread | null;
    readonly weightNorm: number | null;
    readonly updateRatio: number | null;
  }[];
}

/** What has happened since a run last told: in the order of the epochs, with the statistics before theirs. */
export interface NativeReport {
  /** Numbers of the epochs, column after column: see native/node/epoch_rows.h. */
  readonly epochs: Float64Array;
  readonly statistics: readonly NativeStatistics[];
  /** The newest one, of an epoch that is not over. */
  readonly progress?: NativeProgress;
  /**
   * Taken after all that stands beside it, and before all that comes later. Its memory is used again after
   * `snapshotWritten()`, and until then there is no other.
   */
  readonly snapshot?: NativeRunState;
  /** In its place where there was no memory for it. */
  readonly lostSnapshot?: NativeLostSnapshot;
  /** Where the run first came to numbers that are not finite, and went on: told before that epoch. */
  readonly nonFinite?: NativeNonFinite;
  /** Rows of a stream that there is room for; they are waited for. */
  readonly wanted?: NativeWantedRows;
}

/** What the copy of a run would have taken. */
export interface NativeLostSnapshot {
  readonly expected: string;
  readonly received: string;
}

export interface NativeNonFinite {
  readonly epoch: number;
  readonly batch: number;
  readonly action: 'skipBatch' | 'rollback';
}

export interface NativeWantedRows {
  /** From 1. */
  readonly epoch: number;
  /** The first one, in the epoch. */
  readonly row: number;
  readonly count: number;
  /** Which of the two blocks they are to be written to. */
  readonly block: number;
}

/** A stream of rows: see native/training/row_stream.h. The data set is the first block, and has the same form. */
export interface NativeStream {
  readonly block: NativeDataset;
  /** Of an epoch. */
  readonly rows: number;
  readonly blockRows: number;
  readonly batchRows: number;
}

/** All that a run needs to go on, in another process too. */
export interface NativeRunState {
  /** Epochs that are over. */
  readonly epoch: number;
  /** Batches of the next epoch that are done; where it is all of them, its validation is still to come. */
  readonly batch: number;
  /** Updates so far. */
  readonly updates: number;
  /** Whether the run was over, and not stopped. */
  readonly complete: boolean;
  /** The tensor with the weights that the model has at that moment; for `getParameter(name, from)`. */
  readonly weights: string;
  readonly tensors: NativeTensors;
}

/** By their names. Parameters lie as the instruction set wants them. */
export type NativeTensors = Readonly<
  Record<string, Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>
>;

export interface NativeHistory {
  readonly stopped: boolean;
  readonly timeIsOver: boolean;
  readonly stoppedEarly: boolean;
  readonly converged: boolean;
  readonly bestEpoch: number | null;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  readonly threads: number;
  readonly arenaBytes: number;
  readonly nonFinite: readonly NativeNonFinite[];
  /**
   * That of the end, with the option `snapshots`. Where the run was stopped half-way through a validation it is of
   * before that: the epoch that was told of has to be validated again, and told of anew.
   */
  readonly state?: NativeRunState;
  /** In its place where there was no memory for it. */
  readonly lostState?: NativeLostSnapshot;
}

/**
 * Options of a call by their names, without those that are undefined. The types of each call follow from the tables
 * of options that read them; `describe().options` has the names that the core knows.
 */
export type NativeOptions = object;

export interface NativeEvaluation {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface NativeGradientEntry {
  /** In the order of the shape, row after row. */
  readonly index: number;
  readonly backpropagated: number;
  readonly numerical: number;
  readonly uncertainty: number;
}

export interface NativeGradientReport {
  readonly loss: number;
  readonly parameters: readonly {
    readonly name: string;
    readonly layer: number;
    readonly shape: readonly number[];
    readonly entries: readonly NativeGradientEntry[];
  }[];
}

export interface NativeLearningRateCurve {
  readonly points: readonly {
    readonly learningRate: number;
    readonly loss: number;
    readonly smoothed: number;
  }[];
  readonly diverged: boolean;
}

export interface NativeRun {
  readonly shape: NativeRunShape;
  readonly promise: Promise<NativeHistory>;
  stop(): void;
  /** Asks for a snapshot after the batch that runs; it comes with a report. */
  snapshot(): void;
  /** Says that nobody needs the memory of the last snapshot any more. */
  snapshotWritten(): void;
  /** The rows of a stream that were wanted are written. */
  rowsFilled(): void;
  /** They never will be: the run ends with an error. */
  rowsFailed(): void;
}

export interface LayerRange {
  /** First layer to run; 0 when not given. */
  readonly from?: number | undefined;
  /** One past the last layer to run; all layers when not given. */
  readonly to?: number | undefined;
}

/**
 * Computes the loss of a batch, as a mean over its rows, and fills in the gradient by the outputs. All but
 * the weights are [rows, columns], classes as one-hot rows. Returns null when it has failed.
 */
export type NativeLossFunction = (
  outputs: Float32Array<ArrayBuffer>,
  targets: Float32Array<ArrayBuffer>,
  gradient: Float32Array<ArrayBuffer>,
  rows: number,
  weights: Float32Array<ArrayBuffer> | undefined,
) => number | null;

/**
 * Predicts rows on the caller's thread: fills the output, which may overlap the inputs. False when an input is not
 * finite; the output is left alone then.
 */
export type RowPredictor = (inputs: Float32Array, output: Float32Array) => boolean;

export interface NativeNetwork {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly bytes: number;
  layers(): NativeLayer[];
  parameters(): NativeParameter[];
  /** Its newest values, or those that a tensor of a state holds. */
  getParameter(name: string, from?: Float32Array): Float32Array<ArrayBuffer>;
  /** All of them in the order of `parameters`, of one moment also while a run trains. */
  getParameters(): Float32Array<ArrayBuffer>[];
  setParameter(name: string, values: Float32Array): void;
  /** Of some of the layers: without bounds, of all. */
  rowPredictor(
    from?: number,
    to?: number,
    options?: { readonly precision?: 'float32' | 'bf16' | undefined },
  ): RowPredictor;
  /** Copies the inputs at once. Undefined when one of them is not finite. */
  predict(
    inputs: Float32Array,
    rows: number,
    options: LayerRange & {
      readonly threads?: number | undefined;
      readonly precision?: 'float32' | 'bf16' | undefined;
      /** Predictions of one series are made one after another, so that they share no more threads. */
      readonly series?: number | undefined;
    },
  ): Promise<Float32Array<ArrayBuffer>> | undefined;
  evaluate(
    dataset: NativeDataset,
    options: NativeOptions,
    lossFunction?: NativeLossFunction,
  ): Promise<NativeEvaluation>;
  checkGradients(dataset: NativeDataset, options: NativeOptions): Promise<NativeGradientReport>;
  testLearningRates(
    dataset: NativeDataset,
    options: NativeOptions,
  ): Promise<NativeLearningRateCurve>;
  fit(
    dataset: NativeDataset,
    options: NativeOptions,
    onEvents: (report: NativeReport) => void,
    lossFunction?: NativeLossFunction,
    from?: NativeRunState,
    stream?: NativeStream,
  ): NativeRun;
  /** Adds the run to others in the place of starting it. Their listener hears of it then. */
  fit(
    dataset: NativeDataset,
    options: NativeOptions,
    onEvents: undefined,
    lossFunction: NativeLossFunction | undefined,
    from: undefined,
    stream: undefined,
    together: NativeManyRuns,
  ): NativeMember;
}

/** A run that begins with others. */
export type NativeMember = Omit<NativeRun, 'promise'>;

/** What one of many runs tells; at its end how that was. */
export interface NativeMemberReport extends Partial<NativeReport> {
  readonly history?: NativeHistory;
  readonly error?: unknown;
}

/** Runs that are collected, and then start together. */
export interface NativeManyRuns {
  /**
   * Starts those that were added, on so many threads at most. The numbers are those in the order in which they were.
   * Fulfilled once all have ended.
   */
  start(
    threads: number | undefined,
    onEvents: (reports: readonly (readonly [number, NativeMemberReport])[]) => void,
  ): Promise<void>;
  /** Lets go of all of them, as if they had not been. */
  clear(): void;
}

/** A loop by hand. Its steps reach the network with `publish`. */
export interface NativeTrainer {
  readonly bytes: number;
  readonly threads: number;
  /** Steps done. */
  readonly updates: number;
  /** Writes rows * outputSize values into `outputs`. */
  forward(inputs: Float32Array, rows: number, training: boolean, outputs: Float32Array): void;
  backward(outputGradient: Float32Array): void;
  inputGradient(to: Float32Array): void;
  step(learningRate: number): void;
  zeroGradients(): void;
  gradient(name: string): Float32Array<ArrayBuffer>;
  publish(): void;
  /** All that later calls depend on, but for the last pass. */
  state(): { readonly tensors: NativeTensors };
  /** Throws where the state does not fit, and changes nothing then. */
  setState(state: { readonly tensors: NativeTensors }): void;
}

export interface NativeAddon {
  describe(): CoreDescription;
  info(): CoreInfo;
  /** The parameters that a network of this spec has; makes none, and so takes no memory for them. */
  parametersOf(spec: NativeNetworkSpec): NativeParameter[];
  /** Opens a file to be read without waiting, unknown to Node; below 0 where that cannot be. */
  openPipe(path: string): number;
  /**
   * Cuts text into records as wide as the table, up to one that is not (native/data/csv_records.h).
   *
   * @param starts where each record begins. Shape (rows)
   * @param lines line ends before it. Shape (rows)
   * @param ends where each field ends. Shape (rows, width)
   * @param numbers what each holds; NaN where that is no number, or a long one. Shape (rows, width)
   * @param kinds is given what fields of each column are: 1 no number, 2 a zero before another digit. Shape (width)
   * @param cut is given rows, bytes, lines, and 1 where the next record is odd
   */
  cutRecords(
    text: Uint8Array,
    delimiter: number,
    width: number,
    starts: Uint32Array,
    lines: Uint32Array,
    ends: Uint32Array,
    numbers: Float64Array,
    kinds: Uint8Array,
    cut: Uint32Array,
  ): void;
  /**
   * Adds the numbers of some columns to their moments.
   *
   * @param numbers Shape (rows, width)
   * @param taken 1 for each row that counts. Shape (rows)
   * @param moments count, minimum, maximum, mean, sum of squares, 1 where all are whole. Shape (columns, 6)
   */
  addToMoments(
    numbers: Float64Array,
    width: number,
    taken: Uint8Array,
    columns: Uint32Array,
    moments: Float64Array,
  ): void;
  readonly Dataset: new (shape: DatasetShape) => NativeDataset;
  readonly Network: new (spec: NativeNetworkSpec) => NativeNetwork;
  readonly ManyRuns: new () => NativeManyRuns;
  readonly Trainer: new (network: NativeNetwork, options: NativeOptions) => NativeTrainer;
}
