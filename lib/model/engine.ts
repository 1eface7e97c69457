import { describeValue } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { tensorOf } from '../io/safetensors.js';
import {
  awaitNative,
  callNative,
  type NativeDataset,
  type NativeLossFunction,
  type NativeMember,
  type NativeNetwork,
  type NativeReport,
  type NativeTrainer,
} from '../native.js';
import type { LossName } from '../network/generated.js';
import { lossRowOf } from '../network/losses.js';
import { type NetworkOutput, type NetworkSpec, outputsOf, sizeAfter } from '../network/network.js';
import { requireSameSpec } from './checkpoints/identity.js';
import { KeptRun } from './checkpoints/keptRun.js';
import type { ModelContents, OpenStore, RunStore } from './checkpoints/runStore.js';
import type { Precision } from './commonRows.js';
import type { History, TrainingEvent, TrainingProgressEvent, ValidationResult } from './events.js';
import {
  type DataInCore,
  type FitJob,
  type FitTogether,
  isHeard,
  nativeFitOptions,
  openFor,
  storeOf,
} from './fitJob.js';
import {
  type NativeFitOptions,
  type OptionsContext,
  type ResolvedFit,
  resolveBatchSize,
  resolveEvaluation,
  resolveFit,
} from './fitOptions.js';
import type { ForwardRule, SyncForwardRule } from './forward.js';
import { type GradientReport, gradientReport, resolveGradientCheck } from './gradientCheck.js';
import { emptyHistory, historyOf } from './history.js';
import {
  type LearningRateCurve,
  learningRateCurve,
  requireBatch,
  resolveLearningRateFinder,
} from './learningRate.js';
import { awaitLoss, callsOf } from './lossCalls.js';
import { type ModelRecord, modelMetadata } from './modelFile.js';
import { customLossOf, nativeObjective } from './objective.js';
import type { ChunkForm } from './streamChunks.js';
import { isStream, requireKeptRows } from './streamOptions.js';
import { streamedData } from './streamTraining.js';
import { Trainer } from './trainer.js';
import { resolveTrainer } from './trainerOptions.js';
import { type RunControl, refuseCheckpoint, secondRun, TrainingRun } from './trainingRun.js';
import { trainingStart } from './trainingStart.js';
import { TrainingWatch } from './trainingWatch.js';
import { Turns } from './turns.js';
import {
  type DataRule,
  isArrayOfData,
  type PrepareData,
  type PreparedData,
  uploadData,
} from './upload.js';

export interface EngineOptions {
  readonly prepareData: PrepareData;
  /** What streams of such data give at a time. */
  readonly chunks: ChunkForm;
  /** How data is written, as an error shows it. */
  readonly dataForm: string;
  /** The loss when the options name none; undefined: after the end of the network. */
  readonly defaultLoss?: LossName;
  /** The weights of several outputs when the options give none; undefined: all 1. */
  readonly defaultWeights?: (outputs: readonly NetworkOutput[]) => readonly number[];
}

/**
 * A spec with its compiled network, and what every kind of model does with it. The models on top
 * say which data they take and which part of the network a call runs.
 */
export class Engine {
  readonly spec: NetworkSpec;
  readonly #network: NativeNetwork;
  readonly #prepareData: PrepareData;
  readonly #chunks: ChunkForm;
  readonly #dataForm: string;
  readonly #context: OptionsContext;
  readonly #whole = new Map<Precision | undefined, SyncForwardRule>();
  #isTraining = false;
  #changes = 0;
  /** A trainer with steps that the network does not know yet. */
  #ahead: NativeTrainer | undefined;
  /** What a file says of the model on top; it sets this. */
  describe: () => ModelRecord = () => ({
    ...{ kind: 'sequential', spec: this.spec, annotations: {} },
  });

  constructor(
    spec: NetworkSpec,
    { prepareData, chunks, dataForm, defaultLoss, defaultWeights }: EngineOptions,
  ) {
    this.spec = spec;
    this.#network = callNative(({ Network }) => new Network(spec));
    this.#prepareData = (data, rule, path) => {
      const remedy =
        'Only fit takes a stream, as its data: collect the rows, or open a file with fileRows.';
      requireKeptRows(data, path || 'data', remedy);
      return prepareData(data, rule, path);
    };
    this.#chunks = chunks;
    this.#dataForm = dataForm;
    const outputs = outputsOf(spec);
    this.#context = {
      outputs,
      defaultWeights: defaultWeights?.(outputs),
      modelSeed: spec.seed,
      defaultLoss,
    };
  }

  /** The compiled network, with the newest weights. */
  get network(): NativeNetwork {
    this.settle();
    return this.#network;
  }

  /** Makes the steps of a loop by hand known, unless they are those of the trainer that asks. */
  settle(asking?: NativeTrainer): void {
    const ahead = this.#ahead;
    if (ahead === undefined || ahead === asking) return;
    callNative(() => ahead.publish());
    this.#ahead = undefined;
  }

  /** A trainer has made a step: others see it when they next ask for the network. */
  stepped(trainer: NativeTrainer): void {
    this.#ahead = trainer;
    this.#changes++;
  }

  /** How often the weights were changed: by runs that began, by steps, and by values that were set. */
  get changes(): number {
    return this.#changes;
  }

  /** The model as a file holds it, with its newest weights. */
  contents(): ModelContents {
    const { network } = this;
    const values = callNative(() => network.getParameters());
    const tensors = network.parameters().map(({ name, shape }, index) => {
      return [name, tensorOf(values[index] as Float32Array, shape)] as const;
    });
    return { metadata: modelMetadata(this.describe()), model: new Map(tensors) };
  }

  setParameter(name: string, values: Float32Array): void {
    callNative(() => this.network.setParameter(name, values));
    this.#changes++;
  }

  trainer(options: unknown): Trainer {
    return new Trainer(this, resolveTrainer(options, this.#context));
  }

  /** The rule of a pass through the layers `from` to before `to`; all of them when not given. */
  range(path: string, from = 0, to = this.spec.layers.length): ForwardRule {
    const { network, spec } = this;
    const [inputSize, outputSize] = [sizeAfter(spec, from), sizeAfter(spec, to)];
    return { network, from, to, inputSize, outputSize, path };
  }

  /** The rule of a pass through all layers, which is asked for by every prediction of a row. */
  whole(precision?: Precision): SyncForwardRule {
    this.settle();
    const known = this.#whole.get(precision);
    if (known !== undefined) return known;
    const predictRows = this.network.rowPredictor(undefined, undefined, { precision });
    const rule = { ...this.range('inputs'), predictRows };
    this.#whole.set(precision, rule);
    return rule;
  }

  /**
   * @param own Opens where checkpoints are kept, for a run that is a part of another one.
   * @param together What a run begins with that is one of many.
   */
  fit<Metric extends string>(
    data: unknown,
    input: unknown = {},
    own?: OpenStore,
    together?: FitTogether,
  ): TrainingRun<Metric> {
    return new TrainingRun<Metric>(() => {
      this.#requireIdle();
      this.#requireDataInOne(input, 'model.fit(');
      const options = resolveFit(input, this.#context);
      const rule = this.#dataRule(options);
      const prepare = (given: unknown, path: string): PreparedData => {
        const check = () => this.#prepareData(given, rule, path);
        return together === undefined ? check() : together.prepare(given, rule, check);
      };
      const reading = { form: this.#chunks, rule, prepareData: this.#prepareData };
      const training =
        isStream(data) && together === undefined
          ? streamedData(data, reading, options, own !== undefined)
          : prepare(data, together?.dataPath ?? '');
      const validation =
        options.validation !== undefined && 'data' in options.validation
          ? prepare(options.validation.data, 'validation.data')
          : undefined;
      // Before anything is copied.
      if ('inputs' in training) resolveBatchSize(options, training.inputs.rows);
      const objective = nativeObjective(options.objective, training.classes);
      const { signal, handleSignals, onEvent, listeners } = options;
      const watch = new TrainingWatch<Metric>();
      const openStore = own ?? storeOf(options);
      const job: FitJob = { training, validation, options, objective, openStore, together };
      const train = (control: RunControl<TrainingEvent<Metric>>): Promise<History<Metric>> =>
        this.#train<Metric>(job, watch, control);
      return { signal, handleSignals, onEvent, listeners, log: watch.log, train };
    });
  }

  async evaluate<Metric extends string>(
    data: unknown,
    input: unknown = {},
  ): Promise<ValidationResult<Metric>> {
    this.#requireDataInOne(input, 'model.evaluate(');
    const resolved = resolveEvaluation(input, this.#context);
    const { objective, ...computing } = resolved;
    const dataset = await uploadData(this.#prepareData(data, this.#dataRule(resolved), ''));
    const calls = callsOf(objective);
    const options = { ...nativeObjective(objective), ...computing };
    const evaluate = () =>
      awaitLoss(calls, () => this.network.evaluate(dataset, options, calls?.call));
    const result = await (calls === undefined ? evaluate() : asking.take(evaluate));
    return result as ValidationResult<Metric>;
  }

  async checkGradients(data: unknown, input: unknown): Promise<GradientReport> {
    this.#requireDataInOne(input, 'gradientCheck(model, ');
    const resolved = resolveGradientCheck(input, this.#context);
    const { tolerance, objective, ...rest } = resolved;
    const dataset = await uploadData(this.#prepareData(data, this.#dataRule(resolved), ''));
    const options = { ...nativeObjective(objective), ...rest };
    const report = await awaitNative(() => this.network.checkGradients(dataset, options));
    return gradientReport(report, tolerance);
  }

  async findLearningRate(data: unknown, input: unknown): Promise<LearningRateCurve> {
    this.#requireDataInOne(input, 'findLearningRate(model, ');
    const resolved = resolveLearningRateFinder(input, this.#context);
    const prepared = this.#prepareData(data, this.#dataRule(resolved), '');
    requireBatch(resolved, prepared.inputs.rows);
    const dataset = await uploadData(prepared);
    const { objective, ...rest } = resolved;
    const options = { ...nativeObjective(objective, prepared.classes), ...rest };
    return learningRateCurve(
      await awaitNative(() => this.network.testLearningRates(dataset, options)),
    );
  }

  #dataRule({ objective }: Pick<ResolvedFit, 'objective'>): DataRule {
    const outputs = objective.map(({ name, columns, loss }) => {
      return { name, columns, loss: lossRowOf(loss) };
    });
    return { inputSize: this.spec.inputSize, outputs };
  }

  /** Keras and scikit-learn take targets as the second argument, where the options are here. */
  #requireDataInOne(options: unknown, call: string): void {
    if (!isArrayOfData(options)) return;
    throw new ArgumentError({
      path: 'options',
      expected: `an object with options, behind all data in one argument: ${this.#dataForm}`,
      received: describeValue(options),
      remedy: `Write ${call}${this.#dataForm}, options).`,
    });
  }

  #requireIdle(): void {
    if (this.#isTraining) throw secondRun();
  }

  async #train<Metric extends string>(
    job: FitJob,
    watch: TrainingWatch<Metric>,
    control: RunControl<TrainingEvent<Metric>>,
  ): Promise<History<Metric>> {
    this.#isTraining = true;
    // Whoever asks would wait for the end of the run otherwise.
    if (job.openStore === undefined) control.onCheckpoint(refuseCheckpoint);
    let store: RunStore | undefined;
    try {
      store = job.openStore && (await openFor(control, job.openStore));
      return await this.#trainWith(job, store, watch, control);
    } finally {
      store?.close();
      this.#isTraining = false;
    }
  }

  async #trainWith<Metric extends string>(
    job: FitJob,
    store: RunStore | undefined,
    watch: TrainingWatch<Metric>,
    control: RunControl<TrainingEvent<Metric>>,
  ): Promise<History<Metric>> {
    const { training, options, together } = job;
    if ('inputs' in training) {
      const dataset = await (together === undefined
        ? uploadData(training, () => control.isStopped)
        : together.upload(training));
      const data = { dataset, rows: training.inputs.rows, compared: training };
      return await this.#trainOn(job, data, store, watch, control);
    }
    const { timeLimit } = options.training;
    const batchSizeFor = (rows: number): number => resolveBatchSize(options, rows);
    const feeder = await training.open(control, timeLimit, batchSizeFor);
    if (feeder === undefined) {
      return this.#endedBefore<Metric>(store, control.isStopped ? 'stopped' : 'timeLimit');
    }
    return await feeder.use(() => this.#trainOn(job, feeder, store, watch, control));
  }

  async #trainOn<Metric extends string>(
    job: FitJob,
    data: DataInCore,
    store: RunStore | undefined,
    watch: TrainingWatch<Metric>,
    control: RunControl<TrainingEvent<Metric>>,
  ): Promise<History<Metric>> {
    const { validation, options, together } = job;
    const { dataset, rows, compared: training } = data;
    const isStopped = () => control.isStopped;
    const upload = (held: PreparedData) =>
      together === undefined ? uploadData(held, isStopped) : together.upload(held);
    const heldOut = validation === undefined ? undefined : await upload(validation);
    if (control.isStopped) return this.#endedBefore<Metric>(store, 'stopped');
    const native = nativeFitOptions(job, resolveBatchSize(options, rows), heldOut);
    const loss = customLossOf(options.objective);
    const { spec } = this;
    const compared = { spec, options: native, loss, training, validation };
    const kept = store && (await KeptRun.open({ store, ...compared }, isStopped));
    if (control.isStopped) return this.#endedBefore<Metric>(store, 'stopped');
    this.#changes++;
    const calls = callsOf(options.objective);
    const report = (told: NativeReport): void => {
      watch.report(told);
      // The core measures exactly the metrics that it was asked for.
      control.emit(told.progress as TrainingProgressEvent<Metric> | undefined);
      if (told.snapshot !== undefined) kept?.take(told.snapshot);
      if (told.lostSnapshot !== undefined) kept?.lose(told.lostSnapshot);
      if (told.wanted !== undefined) data.feed?.(told.wanted, run);
    };
    const { network } = this;
    const told = { ...native, snapshots: store?.rule };
    const run =
      together === undefined
        ? callNative(() =>
            network.fit(dataset, told, report, calls?.call, kept?.state, data.stream),
          )
        : await together.begin(memberOf(network, dataset, native, calls?.call, together), report);
    control.onStop(() => run.stop());
    try {
      watch.expect(run.shape, options.training.earlyStopping?.restoreBest === true);
      const areConstant = data.stream === undefined && dataset.targetsAreConstant;
      const begin = (): void => watch.begin(areConstant);
      const epochsBefore = kept?.resume(watch, begin) ?? 0;
      control.start(
        trainingStart({
          ...{ shape: run.shape, spec, network, options: native },
          epochsBefore: () => watch.firstResults(epochsBefore),
          checkpoint: kept?.checkpoint ?? null,
        }),
      );
      if (kept?.state === undefined) begin();
      kept?.record({ run, watch, control, isHeard: isHeard(options), modelOf: this.#modelOf });
      control.emit();
      const result = await awaitLoss(calls, () => run.promise);
      await kept?.finish(result);
      return historyOf<Metric>(result, watch);
    } catch (error) {
      // What has failed on this thread has not ended the run.
      run.stop();
      await run.promise.catch(() => {});
      await kept?.fail(error);
      throw error;
    }
  }

  /** Whoever saves the model of a run that was to go on finds the weights that it had. */
  #endedBefore<Metric extends string>(
    store: RunStore | undefined,
    stopReason: 'stopped' | 'timeLimit',
  ): History<Metric> {
    const { restored } = store ?? {};
    if (restored !== undefined) {
      requireSameSpec(restored.run.identity.spec, this.spec, restored.path);
      for (const [name, values] of restored.model ?? []) this.setParameter(name, values);
    }
    return emptyHistory<Metric>(stopReason);
  }

  /** The model as a file holds it, with the parameters that lie in a tensor of a state. */
  readonly #modelOf = (parameters: Float32Array): ModelContents => {
    const tensors = this.#network.parameters().map(({ name, shape }) => {
      const values = () => callNative(() => this.#network.getParameter(name, parameters));
      return [name, { dtype: 'F32', shape, values }] as const;
    });
    return { metadata: modelMetadata(this.describe()), model: new Map(tensors) };
  };
}

function memberOf(
  network: NativeNetwork,
  dataset: NativeDataset,
  options: NativeFitOptions,
  loss: NativeLossFunction | undefined,
  { runs }: FitTogether,
): NativeMember {
  return callNative(() =>
    network.fit(dataset, options, undefined, loss, undefined, undefined, runs),
  );
}

/**
 * Evaluations that ask this thread for the loss of each batch. Each holds a thread of its own while
 * it waits for the answers, so they take turns.
 */
const asking = new Turns();
