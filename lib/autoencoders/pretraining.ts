import { isPlainObject, requireObject, withDefault } from '../checks.js';
import type { Inputs, Matrix } from '../data/matrix.js';
import {
  readCheckpoint,
  readResume,
  requireFolderToResume,
  type StoreOptions,
} from '../model/checkpoints/options.js';
import type { History } from '../model/events.js';
import type { FitOptions } from '../model/fitOptions.js';
import type { RunListenerOption, TrainingStart } from '../model/listeners.js';
import type { Model } from '../model/model.js';
import { readRunOptions } from '../model/runRows.js';
import { requireKeptRows } from '../model/streamOptions.js';
import { followRun, type RunControl, TrainingRun } from '../model/trainingRun.js';
import type { MetricName } from '../network/generated.js';
import { isNoise } from '../network/layers/noise.js';
import { pickLayers } from '../network/layers/ties.js';
import { normaliseNetwork } from '../network/network.js';
import { type AutoencoderData, inputsOf, withInputs } from './data.js';
import type { AutoencoderRecipe } from './recipe.js';
import { copyParameters, pairsOf, parameterNames, type Stack, type StackPair } from './stack.js';
import { type PretrainingEvent, StagedLog } from './stageEvents.js';
import { PretrainingStore } from './stageStore.js';

/** Greedy training of a stack: one pair of layers after the other. */

/** What a finished pre-training gives. */
export interface PretrainingHistory<Metric extends string = string> {
  /** One for each stage that ran, from the outside in. */
  readonly stages: readonly History<Metric>[];
  readonly stopReason: History['stopReason'];
}

/** The options of `fit`, for every stage. */
export type PretrainOptions<Metric extends MetricName = never> = Omit<
  FitOptions<AutoencoderData, string, Metric>,
  'onEvent' | 'listeners'
> & {
  /**
   * Called with every event of every stage; see `fit`.
   *
   * @default none
   */
  readonly onEvent?: ((event: PretrainingEvent<NoInfer<Metric>>) => void) | undefined;
  /**
   * Told of every stage beside `onEvent`; see `fit`.
   *
   * @default none
   */
  readonly listeners?: readonly RunListenerOption<PretrainingEvent<NoInfer<Metric>>>[] | undefined;
};

/** A pre-training that runs: awaited for its history, iterated for its events, as any run. */
export type PretrainingRun<Metric extends string = string> = TrainingRun<
  Metric,
  PretrainingEvent<Metric>,
  PretrainingHistory<Metric>
>;

/** The options of every stage. */
type StageOptions = Omit<PretrainOptions, 'onEvent' | 'listeners'>;

/** What is needed of the autoencoder that is trained in a stage. */
type StageModel = Model & {
  encode(inputs: Inputs): Promise<Matrix>;
};

type Build = (recipe: AutoencoderRecipe) => StageModel;

export function pretrainStack<Metric extends string>(
  stack: Stack,
  build: Build,
  data: AutoencoderData,
  given: object = {},
): PretrainingRun<Metric> {
  return new TrainingRun<Metric, PretrainingEvent<Metric>, PretrainingHistory<Metric>>(() => {
    const options = requireObject(given, 'options');
    // Each pair learns from what the one before it makes of the rows.
    requireKeptRows(data, 'data', 'Pretrain on a part of the rows, and give the stream to fit.');
    const { signal, handleSignals, onEvent, listeners, checkpoint, resume, ...training } = options;
    const kept = resolveStore(checkpoint, resume);
    const log = new StagedLog<Metric>();
    const pairs = pairsOf(stack.model.spec, stack.codeLayer);
    return {
      ...readRunOptions<PretrainingEvent<Metric>>({ signal, handleSignals, onEvent, listeners }),
      log,
      train: (control) =>
        keepingCheckpoints(stack.model, kept, (store) => {
          const job = { stack, build, pairs, log, store };
          return trainPairs<Metric>(job, data, training as StageOptions, control);
        }),
    };
  });
}

interface Job<Metric extends string> {
  readonly stack: Stack;
  readonly build: Build;
  readonly pairs: readonly StackPair[];
  /** The events of all stages. */
  readonly log: StagedLog<Metric>;
  readonly store: PretrainingStore | undefined;
}

/** Undefined where the stages keep no checkpoints, and go on from none. */
function resolveStore(checkpoint: unknown, resume: unknown): StoreOptions | undefined {
  const options = {
    checkpoint: checkpoint === undefined ? undefined : readCheckpoint(checkpoint, 'checkpoint'),
    resume: readResume(withDefault(resume, false), 'resume'),
  };
  requireFolderToResume(options.resume, options.checkpoint);
  return options.checkpoint === undefined && options.resume === false ? undefined : options;
}

async function keepingCheckpoints<Result>(
  model: Model,
  options: StoreOptions | undefined,
  train: (store: PretrainingStore | undefined) => Promise<Result>,
): Promise<Result> {
  const store = options && (await PretrainingStore.open(model, options));
  try {
    return await train(store);
  } finally {
    store?.close();
  }
}

async function trainPairs<Metric extends string>(
  { stack, build, pairs, log, store }: Job<Metric>,
  rows: AutoencoderData,
  options: StageOptions,
  control: RunControl<PretrainingEvent<Metric>>,
): Promise<PretrainingHistory<Metric>> {
  const histories = [...(store?.begun?.histories ?? [])] as History<Metric>[];
  let current: TrainingRun<Metric> | undefined;
  const checkpoint = async () => await (current as TrainingRun<Metric>).checkpoint();
  const remaining = timeFor(options.timeLimit);
  let data: StageData = { rows, validation: options.validation };
  for (const [index, pair] of pairs.entries()) {
    const stage = build(recipeOf(stack, pair));
    const layers = [...pair.encoder, ...pair.decoder];
    const noise = stage.spec.layers.length - layers.length;
    const own = layers.map((_, place) => noise + place);
    copyParameters(store?.model ?? stack.model, layers, stage, own);
    const place = { stage: index + 1, stages: pairs.length, units: pair.units };
    if (index < (store?.begun?.stage ?? 0)) {
      data = await encoded(stage, data);
      continue;
    }
    const openStore =
      store && (async () => store.storeOf(index, histories, namesOf(stage, own, stack, layers)));
    const given = {
      ...options,
      validation: data.validation,
      timeLimit: remaining(),
      listeners: [
        {
          onStart: (start: TrainingStart) => control.start({ ...start, stage: place.stage }),
          onCheckpoint: control.checkpoint,
        },
      ],
    };
    const run = stage.engine.fit<Metric>(data.rows, given, openStore);
    current = run;
    control.onCheckpoint(checkpoint);
    const runLog = followRun(run, (progress) => {
      control.emit(progress && ({ ...progress, ...place } as PretrainingEvent<Metric>));
    });
    log.add(runLog, place);
    control.onStop(() => run.stop());
    const history = await run;
    store?.takeUp();
    copyParameters(stage, own, stack.model, layers);
    histories.push(history);
    if (history.stopReason === 'stopped' || control.isStopped) {
      return { stages: histories, stopReason: 'stopped' };
    }
    if (history.stopReason === 'timeLimit') return { stages: histories, stopReason: 'timeLimit' };
    if (index + 1 < pairs.length) data = await encoded(stage, data);
  }
  return { stages: histories, stopReason: 'completed' };
}

/** What is left of the seconds that all stages together have: never 0, which no run takes for a limit. */
function timeFor(limit: number | undefined): () => number | undefined {
  if (typeof limit !== 'number') return () => limit;
  const end = performance.now() / 1000 + limit;
  return () => (limit > 0 ? Math.max(end - performance.now() / 1000, Number.MIN_VALUE) : limit);
}

function recipeOf({ model }: Stack, { inputSize, encoder, decoder }: StackPair): AutoencoderRecipe {
  const { seed, layers } = model.spec;
  // Every pair learns from corrupted rows if the first one does (Vincent et al. 2010).
  const noise = isNoise(layers[0]) && !encoder.includes(0) ? [0] : [];
  const own = pickLayers(layers, [...noise, ...encoder, ...decoder]);
  const spec = normaliseNetwork({ inputSize, seed, layers: own });
  return { spec, codeLayer: noise.length + encoder.length - 1 };
}

/** What the tensors of some layers of a stage are called in the whole model. */
function namesOf(
  stage: Model,
  own: readonly number[],
  { model }: Stack,
  layers: readonly number[],
): ReadonlyMap<string, string> {
  const targets = parameterNames(model, layers);
  return new Map(parameterNames(stage, own).map((name, at) => [name, targets[at] as string]));
}

interface StageData {
  readonly rows: AutoencoderData;
  readonly validation: FitOptions<AutoencoderData>['validation'];
}

/** What the next pair learns from: the codes of this one, of the rows for validation as well. */
async function encoded(stage: StageModel, { rows, validation }: StageData): Promise<StageData> {
  const encode = async (data: AutoencoderData) =>
    withInputs(data, await stage.encode(inputsOf(data)));
  const codes = await encode(rows);
  if (!isPlainObject(validation) || !('data' in validation)) return { rows: codes, validation };
  return { rows: codes, validation: { data: await encode(validation.data as AutoencoderData) } };
}
