import { isArray } from '../../builtins.js';
import {
  describeValue,
  isPlainObject,
  listOf,
  remedyFor,
  requireBoolean,
  requireInteger,
  requireNumber,
  sizeRule,
} from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import {
  type ActivationInput,
  alphaDropout,
  batchNorm,
  dropout,
  gaussianNoise,
  layerNorm,
  prelu,
} from '../../network/generated.js';
import { activation } from '../../network/layers/activation.js';
import { dense } from '../../network/layers/dense.js';
import type { WeightPenalty } from '../../network/layers/regularisation.js';
import type { Layer } from '../../network/layers/types.js';
import { activationOf } from './activations.js';
import type { FoundLayer } from './topology.js';

/** The layers of a file as those of this library, one class after the other. */

/** A layer of ours with what it came from. */
export interface ConvertedLayer {
  readonly layer: Layer;
  readonly source: FoundLayer;
  /** What its tensors are called in the file, by what they are called here: `weight` is `kernel`. */
  readonly weights: Readonly<Record<string, string>>;
}

/** What holds for the whole file. */
export interface Conversion {
  /** Whether hard_sigmoid has the slope of Keras 3. */
  readonly isSteep: boolean;
  /** Says what a layer has that is not carried over. */
  readonly note: (text: string) => void;
}

type Converted = Omit<ConvertedLayer, 'source'>;
type Convert = (layer: FoundLayer, conversion: Conversion) => readonly Converted[];

const plain = (layer: Layer): Converted => ({ layer, weights: {} });
const normWeights = { weight: 'gamma', bias: 'beta' };

const converters: ReadonlyMap<string, Convert> = new Map<string, Convert>([
  // What these do to shapes is looked at elsewhere.
  ['InputLayer', () => []],
  ['Flatten', () => []],
  ['Reshape', () => []],
  ['Dense', convertDense],
  ['Activation', convertActivation],
  ['Dropout', (layer) => [plain(dropout({ rate: numberOf(layer, 'rate') }))]],
  ['AlphaDropout', (layer) => [plain(alphaDropout({ rate: numberOf(layer, 'rate') }))]],
  [
    'GaussianNoise',
    (layer) => [plain(gaussianNoise({ standardDeviation: numberOf(layer, 'stddev') }))],
  ],
  ['BatchNormalization', convertBatchNorm],
  ['LayerNormalization', convertLayerNorm],
  ['ReLU', convertRelu],
  [
    'LeakyReLU',
    (layer) => {
      const key = layer.config.negative_slope === undefined ? 'alpha' : 'negative_slope';
      return asLayer({ type: 'leakyRelu', slope: numberOf(layer, key, 0.3) });
    },
  ],
  ['ELU', (layer) => asLayer({ type: 'elu', alpha: numberOf(layer, 'alpha', 1) })],
  ['PReLU', convertPrelu],
  [
    'Softmax',
    (layer) => {
      requireLastAxis(layer);
      return asLayer({ type: 'softmax' });
    },
  ],
]);

/** @throws ArgumentError with the place in the file */
export function convertLayer(
  source: FoundLayer,
  conversion: Conversion,
): readonly ConvertedLayer[] {
  const convert = converters.get(source.className);
  if (convert !== undefined) {
    return convert(source, conversion).map((converted) => ({ ...converted, source }));
  }
  const known = [...converters.keys()];
  throw new ArgumentError({
    path: `${source.path}.class_name`,
    expected: `a layer that is known here: ${listOf(known)}`,
    received: describeValue(source.className),
    remedy: remedyFor(source.className, known) || 'Networks of other layers cannot be read.',
  });
}

function convertDense(source: FoundLayer, { isSteep, note }: Conversion): readonly Converted[] {
  const { config, path } = source;
  const found = activationOf(config.activation, `${path}.config.activation`, isSteep);
  const bias = flagOf(source, 'use_bias', true);
  const maxNorm = maxNormOf(source, note);
  for (const key of ['activity_regularizer', 'bias_constraint']) noteOf(source, key, note);
  const layer = dense(requireInteger(config.units, `${path}.config.units`, sizeRule), {
    activation: found.option,
    bias,
    ...penaltyOf(source, 'kernel', note),
    ...(bias && penaltyOf(source, 'bias', note)),
    ...(maxNorm !== undefined && { maxNorm }),
    ...frozenOf(source),
  });
  const weights = { weight: 'kernel', ...(bias && { bias: 'bias' }) };
  return [{ layer, weights }, ...found.layers.map(plain)];
}

function convertActivation(source: FoundLayer, { isSteep }: Conversion): readonly Converted[] {
  const { config, path } = source;
  const found = activationOf(config.activation, `${path}.config.activation`, isSteep);
  return found.layers.length > 0 ? found.layers.map(plain) : asLayer(found.option);
}

function convertBatchNorm(source: FoundLayer): readonly Converted[] {
  requireLastAxis(source);
  // The share of the old statistics there, of the batch here. Without the digits that the subtraction makes up.
  const momentum = Number((1 - numberOf(source, 'momentum', 0.99)).toPrecision(12));
  const layer = batchNorm({ momentum, ...normOptionsOf(source) });
  const statistics = { running_mean: 'moving_mean', running_var: 'moving_variance' };
  return [{ layer, weights: { ...normWeights, ...statistics } }];
}

function convertLayerNorm(source: FoundLayer): readonly Converted[] {
  requireLastAxis(source);
  if (source.config.rms_scaling === true) {
    throw unknownOption(source, 'rms_scaling', 'false, rows less their mean');
  }
  return [{ layer: layerNorm(normOptionsOf(source)), weights: normWeights }];
}

function normOptionsOf(source: FoundLayer) {
  return {
    epsilon: numberOf(source, 'epsilon', 0.001),
    scale: flagOf(source, 'scale', true),
    shift: flagOf(source, 'center', true),
    ...frozenOf(source),
  };
}

function convertRelu(source: FoundLayer): readonly Converted[] {
  const { config } = source;
  const slope = numberOf(source, 'negative_slope', 0);
  if (numberOf(source, 'threshold', 0) !== 0) throw unknownOption(source, 'threshold', '0');
  const most = config.max_value ?? null;
  if (most === null) return asLayer(slope === 0 ? { type: 'relu' } : { type: 'leakyRelu', slope });
  if (most === 6 && slope === 0) return asLayer({ type: 'relu6' });
  throw unknownOption(source, 'max_value', slope === 0 ? 'null or 6' : 'null');
}

function convertPrelu(source: FoundLayer): readonly Converted[] {
  const { shared_axes: axes } = source.config;
  const shared = isArray(axes) && axes.length > 0;
  return [{ layer: prelu({ shared, ...frozenOf(source) }), weights: { weight: 'alpha' } }];
}

function asLayer(option: ActivationInput): readonly Converted[] {
  return [plain(activation(option))];
}

/** Rows have one axis, which is the last one. */
function requireLastAxis(source: FoundLayer): void {
  const { axis = -1 } = source.config;
  const only = isArray(axis) && axis.length === 1 ? axis[0] : axis;
  if (only === -1 || only === 1) return;
  throw unknownOption(source, 'axis', 'the last axis, -1 or 1');
}

function unknownOption({ path, config }: FoundLayer, key: string, expected: string): ArgumentError {
  const received = describeValue(config[key]);
  return new ArgumentError({ path: `${path}.config.${key}`, expected, received });
}

function numberOf({ path, config }: FoundLayer, key: string, fallback?: number): number {
  return requireNumber(config[key] ?? fallback, `${path}.config.${key}`);
}

function flagOf({ path, config }: FoundLayer, key: string, fallback: boolean): boolean {
  return requireBoolean(config[key] ?? fallback, `${path}.config.${key}`);
}

function frozenOf(source: FoundLayer): { readonly frozen?: true } {
  return flagOf(source, 'trainable', true) ? {} : { frozen: true };
}

function penaltyOf(
  source: FoundLayer,
  of: 'kernel' | 'bias',
  note: Conversion['note'],
): Readonly<Record<string, Partial<WeightPenalty>>> {
  const key = `${of}_regularizer`;
  const given = source.config[key];
  const penalty = isPlainObject(given) ? given.config : undefined;
  if (!isPlainObject(penalty)) {
    noteOf(source, key, note);
    return {};
  }
  const factor = (name: 'l1' | 'l2') =>
    requireNumber(penalty[name] ?? 0, `${source.path}.config.${key}.config.${name}`);
  const factors = { l1: factor('l1'), l2: factor('l2') };
  return factors.l1 === 0 && factors.l2 === 0 ? {} : { [`${of}Penalty`]: factors };
}

function maxNormOf(source: FoundLayer, note: Conversion['note']): number | undefined {
  const given = source.config.kernel_constraint;
  if (isPlainObject(given) && given.class_name === 'MaxNorm' && isPlainObject(given.config)) {
    const { max_value: most, axis = 0 } = given.config;
    const place = `${source.path}.config.kernel_constraint.config.max_value`;
    if (axis === 0) return requireNumber(most, place, { minimum: 0, minimumExclusive: true });
  }
  noteOf(source, 'kernel_constraint', note);
  return undefined;
}

/** What matters only to a training, and is not known here, is not worth an error. */
function noteOf({ name, config }: FoundLayer, key: string, note: Conversion['note']): void {
  if (config[key] === undefined || config[key] === null) return;
  note(`layer '${name}': ${key} is not carried over`);
}
