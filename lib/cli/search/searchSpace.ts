import { isError } from '../../builtins.js';
import { isPlainObject, joinPath, notA, requireKnownKeys, requireObject } from '../../checks.js';
import { readAllBytes } from '../../data/bytes.js';
import { decodeText } from '../../data/text.js';
import { FileFormatError, rebaseError } from '../../errors.js';
import type { JsonValue } from '../../model/json.js';
import type { OptimizerSpec } from '../../network/generated.js';
import { normaliseActivation, normaliseOptimizer, normaliseSchedule } from '../../network/rows.js';
import {
  choice,
  float,
  int,
  type Space,
  type SpaceParameter,
  type Values,
  variants,
} from '../../search/index.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import type { TrainOptions } from '../train/trainArguments.js';

/** What `search` looks for: the default, that of a file, and what values of it mean for a training. */

/** Nobody writes so much by hand. */
const mostSpaceBytes = 2 ** 24;

/** All that a space may have. */
const names = [
  'layers',
  'units',
  'hidden',
  'activation',
  'dropout',
  'optimizer',
  'learningRate',
  'schedule',
  'batchSize',
];

/** A space that suits most tables. */
export function defaultSpace({ autoencoder }: TrainOptions, { trainingRows }: TrainingPlan): Space {
  const [smallest, largest] = trainingRows < 10_000 ? [16, 128] : [64, 512];
  const rate = (low: number, high: number) => float(low, high, { log: true });
  return {
    layers: int(1, 3),
    units: int(16, 256, { log: true }),
    activation: choice(['relu', 'tanh', 'silu']),
    ...(!autoencoder && { dropout: float(0, 0.5, { step: 0.1 }) }),
    optimizer: variants({
      adam: { learningRate: rate(1e-4, 3e-2) },
      adamW: { learningRate: rate(1e-4, 3e-2), weightDecay: rate(1e-4, 1e-1) },
      nesterov: { learningRate: rate(1e-3, 1e-1) },
    }),
    batchSize: int(Math.min(smallest, trainingRows), Math.min(largest, trainingRows), {
      log: true,
    }),
  };
}

/**
 * The space of a JSON file. Beside parameters as the functions of `layerwise/search` build them, with
 * defaults, a list is a choice and a single value is fixed.
 *
 * @throws ArgumentError with the name of the file and the place in it, FileFormatError, errors of the
 * system.
 */
export async function readSpace(path: string): Promise<Space> {
  let space: unknown;
  try {
    const bytes = await readAllBytes(path, mostSpaceBytes, { pipes: true });
    space = JSON.parse(decodeText(bytes, path));
  } catch (error) {
    if (!isError(error) || error.name !== 'SyntaxError') throw error;
    throw new FileFormatError({ path, expected: 'JSON', received: error.message });
  }
  const top = requireObject(space, path);
  requireKnownKeys(top, names, path);
  return groupOf(top, path);
}

function groupOf(group: Record<string, unknown>, path: string): Space {
  const entries = Object.entries(group).map(([name, value]) => {
    const place = joinPath(path, name);
    try {
      return [name, parameterOf(value, place)] as const;
    } catch (error) {
      throw rebaseError(error, (inner) => (inner.startsWith(path) ? inner : `${place}: ${inner}`));
    }
  });
  return Object.fromEntries(entries);
}

function parameterOf(value: unknown, path: string): SpaceParameter {
  if (Array.isArray(value)) return choice(value as JsonValue[]);
  if (!isPlainObject(value)) return choice([value as JsonValue]);
  const { type, ...parameter } = value;
  switch (type) {
    case 'float':
    case 'int': {
      const { low, high, step, ...options } = parameter;
      // null is what the functions write for no step.
      const settings = step === null || step === undefined ? options : { ...options, step };
      return (type === 'int' ? int : float)(Number(low), Number(high), settings);
    }
    case 'choice': {
      const { options, ...settings } = parameter;
      if (Array.isArray(options)) return choice(options as JsonValue[], settings);
      throw notA('a list', options, `${path}.options`);
    }
    case 'variants': {
      const { variants: spaces, ...settings } = parameter;
      const groups = Object.entries(requireObject(spaces, `${path}.variants`)).map(
        ([name, group]) => {
          const place = `${path}.variants.${name}`;
          return [name, groupOf(requireObject(group, place), place)] as const;
        },
      );
      return variants(Object.fromEntries(groups), settings);
    }
    default:
      throw notA("'float', 'int', 'choice' or 'variants'", type, `${path}.type`);
  }
}

/** The options of a training with some values. @throws ArgumentError for values that it has no use for. */
export function withValues<Options extends TrainOptions>(
  options: Options,
  values: Values<Space>,
): Options {
  const { activation, dropout, schedule, batchSize } = values as Readonly<Record<string, unknown>>;
  return {
    ...options,
    ...hiddenOf(values),
    ...(activation !== undefined && {
      activation: normaliseActivation(activation, 'activation'),
    }),
    ...(schedule !== undefined && { schedule: normaliseSchedule(schedule, 'schedule') }),
    ...(dropout !== undefined && { dropout: Number(dropout) }),
    ...(batchSize !== undefined && { batchSize: Number(batchSize) }),
    optimizer: optimizerOf(values, options.optimizer),
  };
}

function hiddenOf(values: Readonly<Record<string, unknown>>): { hidden?: readonly number[] } {
  const { layers, units, hidden } = values;
  if (Array.isArray(hidden)) return { hidden: hidden.map(Number) };
  if (layers === undefined && units === undefined) return {};
  const count = layers === undefined ? 2 : Number(layers);
  return { hidden: Array.from({ length: count }, () => Number(units ?? 128)) };
}

function optimizerOf(
  values: Readonly<Record<string, unknown>>,
  fallback: OptimizerSpec,
): OptimizerSpec {
  const { optimizer = fallback.type, learningRate } = values;
  const named = isPlainObject(optimizer) ? optimizer : { type: optimizer };
  const rate = learningRate === undefined ? {} : { learningRate };
  return normaliseOptimizer({ ...named, ...rate }, 'optimizer');
}
