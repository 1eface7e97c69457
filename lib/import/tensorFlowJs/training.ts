import { isArray } from '../../builtins.js';
import { describeValue, isPlainObject } from '../../checks.js';
import { LayerwiseError } from '../../errors.js';
import type { LossSpec, MetricName, OptimizerSpec } from '../../network/generated.js';
import { resolveLoss } from '../../network/losses.js';
import { normaliseLoss, normaliseOptimizer } from '../../network/rows.js';

/** What a file says of how the model was trained, as options of `fit`. */
export interface ImportedTraining {
  readonly loss?: LossSpec;
  readonly optimizer?: OptimizerSpec;
  readonly metrics?: readonly MetricName[];
}

/** By names without case and without `_`. */
const losses: ReadonlyMap<string, { readonly type: string; readonly squared?: boolean }> = new Map([
  ...named(['meansquarederror', 'mse'], { type: 'meanSquaredError' }),
  ...named(['meanabsoluteerror', 'mae'], { type: 'meanAbsoluteError' }),
  ...named(['huber', 'huberloss'], { type: 'huber' }),
  ...named(['logcosh'], { type: 'logCosh' }),
  ...named(['binarycrossentropy'], { type: 'binaryCrossEntropy' }),
  ...named(['categoricalcrossentropy', 'sparsecategoricalcrossentropy'], { type: 'crossEntropy' }),
  ...named(['kullbackleiblerdivergence', 'kldivergence', 'kld'], { type: 'klDivergence' }),
  ...named(['cosineproximity', 'cosinesimilarity'], { type: 'cosine' }),
  ...named(['hinge'], { type: 'hinge' }),
  ...named(['squaredhinge'], { type: 'hinge', squared: true }),
]);

const metricNames: ReadonlyMap<string, MetricName> = new Map([
  ...named(['acc', 'accuracy', 'binaryaccuracy'], 'accuracy' as const),
  ...named(['categoricalaccuracy', 'sparsecategoricalaccuracy'], 'accuracy' as const),
  ...named(['meansquarederror', 'mse'], 'meanSquaredError' as const),
  ...named(['meanabsoluteerror', 'mae'], 'meanAbsoluteError' as const),
]);

/** Options of optimizers by their names there: those of Keras, and in camel case those of TensorFlow.js. */
const optionNames: Readonly<Record<string, string>> = {
  learning_rate: 'learningRate',
  beta_1: 'beta1',
  beta_2: 'beta2',
  initial_accumulator_value: 'initialAccumulator',
  initialAccumulatorValue: 'initialAccumulator',
  weight_decay: 'weightDecay',
};

interface OptimizerRow {
  readonly type: OptimizerSpec['type'];
  /** Options that are taken, and what Keras has for them where a file does not say. */
  readonly defaults: Readonly<Record<string, number | boolean>>;
  /** Options with other names than here. */
  readonly renamed?: Readonly<Record<string, string>>;
}

const moments = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

const optimizers: ReadonlyMap<string, OptimizerRow> = new Map<string, OptimizerRow>([
  ['sgd', { type: 'sgd', defaults: { learningRate: 0.01, momentum: 0, nesterov: false } }],
  [
    'momentum',
    {
      type: 'sgd',
      defaults: { learningRate: 0.01, momentum: 0.9, nesterov: false },
      renamed: { useNesterov: 'nesterov' },
    },
  ],
  ['adam', { type: 'adam', defaults: moments }],
  ['adamw', { type: 'adamW', defaults: { ...moments, weightDecay: 0.004 } }],
  ['nadam', { type: 'nadam', defaults: moments }],
  [
    'rmsprop',
    {
      type: 'rmsprop',
      defaults: { learningRate: 0.001, alpha: 0.9, momentum: 0, epsilon: 1e-7, centered: false },
      renamed: { rho: 'alpha', decay: 'alpha' },
    },
  ],
  [
    'adagrad',
    { type: 'adagrad', defaults: { learningRate: 0.001, initialAccumulator: 0.1, epsilon: 1e-7 } },
  ],
  ['adadelta', { type: 'adadelta', defaults: { learningRate: 0.001, rho: 0.95, epsilon: 1e-7 } }],
]);

/**
 * @param given `trainingConfig` of TensorFlow.js, or `training_config` of Keras.
 * @param output The activation that the network ends with.
 * @param note Told of what has no twin here.
 */
export function trainingOf(
  given: unknown,
  output: string,
  note: (text: string) => void,
): ImportedTraining {
  if (!isPlainObject(given)) return {};
  const loss = attempt('loss', given.loss, note, () => lossOf(given.loss, output));
  const config = given.optimizer_config;
  const optimizer = attempt('optimizer', config, note, () => optimizerOf(config));
  const metrics = metricsOf(given.metrics, note);
  return {
    ...(loss !== undefined && { loss }),
    ...(optimizer !== undefined && { optimizer }),
    ...(metrics.length > 0 && { metrics }),
  };
}

/** What is given and yields nothing is noted: weights are of use without it. */
function attempt<Found>(
  noun: string,
  given: unknown,
  note: (text: string) => void,
  find: () => Found | undefined,
): Found | undefined {
  if (given === undefined || given === null) return undefined;
  try {
    const found = find();
    if (found !== undefined) return found;
  } catch (error) {
    if (!(error instanceof LayerwiseError)) throw error;
  }
  note(`${noun} ${nameIn(given) || describeValue(given)}: has no twin here that fits the network`);
  return undefined;
}

function lossOf(given: unknown, output: string): LossSpec | undefined {
  const row = losses.get(plainName(nameIn(given)));
  const config = isPlainObject(given) && isPlainObject(given.config) ? given.config : {};
  // The outputs would be logits; here, losses take what comes before the activation by themselves.
  if (row === undefined || config.from_logits === true) return undefined;
  const { label_smoothing: labelSmoothing, delta } = config;
  const loss = normaliseLoss(
    {
      ...row,
      ...(row.type === 'crossEntropy' && labelSmoothing !== undefined && { labelSmoothing }),
      ...(row.type === 'huber' && delta !== undefined && { delta }),
    },
    'loss',
  );
  resolveLoss(loss, 'loss', output);
  return loss;
}

function optimizerOf(given: unknown): OptimizerSpec | undefined {
  const row = optimizers.get(plainName(nameIn(given)));
  const config = isPlainObject(given) && isPlainObject(given.config) ? given.config : {};
  if (row === undefined) return undefined;
  const options: Record<string, unknown> = { ...row.defaults };
  for (const [key, value] of Object.entries(config)) {
    const name = new Map(Object.entries({ ...optionNames, ...row.renamed })).get(key) ?? key;
    if (Object.hasOwn(row.defaults, name) && value !== null) options[name] = value;
  }
  const type = row.type === 'adam' && config.amsgrad === true ? 'amsgrad' : row.type;
  return normaliseOptimizer({ type, ...options }, 'optimizer');
}

function metricsOf(given: unknown, note: (text: string) => void): readonly MetricName[] {
  const listed = isArray(given) ? given.slice(0, 100) : [];
  const found = listed.flatMap((metric) => {
    const name = metricNames.get(plainName(nameIn(metric)));
    if (name === undefined)
      note(`metric ${nameIn(metric) || describeValue(metric)}: not known here`);
    return name ?? [];
  });
  return [...new Set(found)];
}

/** Of a text, of the data of an object, of a list of one. */
function nameIn(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, 100);
  if (isArray(value)) return value.length === 1 && !isArray(value[0]) ? nameIn(value[0]) : '';
  if (!isPlainObject(value)) return '';
  const { class_name: name, config } = value;
  if (name === 'function' || name === 'MeanMetricWrapper') {
    const inner = isPlainObject(config) ? (config.fn ?? config.name) : config;
    return typeof inner === 'string' ? inner.slice(0, 100) : '';
  }
  return typeof name === 'string' ? name.slice(0, 100) : '';
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

function named<Value>(names: readonly string[], value: Value): (readonly [string, Value])[] {
  return names.map((name) => [name, value] as const);
}
