import {
  joinPath,
  listOf,
  ownValue,
  remedyFor,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { JsonSpec } from '../native.js';
import { CustomLoss } from '../network/customLoss.js';
import type {
  LossName,
  LossOption,
  LossSpec,
  MetricOption,
  MetricSpec,
} from '../network/generated.js';
import { resolveLoss } from '../network/losses.js';
import { normaliseMetrics } from '../network/metrics.js';
import { hasHeads, type NetworkOutput } from '../network/network.js';
import {
  type ClassWeights,
  type ResolvedClassWeights,
  readClassWeights,
  resolveClassWeights,
} from './classWeights.js';
import {
  dependent,
  type InputsOf,
  option,
  optional,
  readOptions,
  type ValuesOf,
} from './optionRows.js';

/** What each output of a network is measured by: read from the options of a call. */

/** The outputs that the options are for, and the loss of the only one where they name none. */
export interface ObjectiveContext {
  readonly outputs: readonly NetworkOutput[];
  readonly defaultLoss?: LossName | undefined;
  /** Of the outputs, where the options give none; else 1. */
  readonly defaultWeights?: readonly number[] | undefined;
}

/** What the reader of an option of an output is told about it. */
interface OutputContext {
  readonly output: NetworkOutput;
  readonly defaultLoss?: LossName | undefined;
  readonly defaultWeight?: number | undefined;
}

/** The options of an output. Loss and metrics are documented where a call takes them. */
export const objectiveRows = {
  loss: dependent<LossOption | CustomLoss, LossSpec | CustomLoss, OutputContext>(readLoss),
  /**
   * How much the loss of the output counts in that of the network, which is the sum of weight * loss
   * over the outputs; 0 or more. Keras calls it `loss_weights`.
   *
   * @default 1
   */
  weight: dependent<number, number, OutputContext>((given, path, { defaultWeight = 1 }) =>
    requireNumber(withDefault(given, defaultWeight), path, { minimum: 0 }),
  ),
  metrics: option<readonly MetricOption[], readonly MetricSpec[]>(normaliseMetrics, []),
  /**
   * How much the rows of each class count in the loss of the training.
   *
   * @default all the same
   */
  classWeights: optional<ClassWeights, ClassWeights>(readClassWeights),
};

/** What one output is measured by, every default filled in. */
export interface OutputObjective extends NetworkOutput, ValuesOf<typeof objectiveRows> {}

/** What one of several outputs is measured by, for what takes the losses of the table alone. */
interface TableLoss extends Pick<InputsOf<typeof objectiveRows>, 'weight'> {
  /**
   * What is made small.
   *
   * @default after the end of the output
   */
  readonly loss?: LossOption | undefined;
}

/** The same of several outputs, by their names. */
export type TableLosses = Readonly<Record<string, TableLoss>>;

export type Objective = readonly OutputObjective[];

type ObjectiveKey = keyof typeof objectiveRows;

/**
 * The options about losses and metrics that a call takes: of one output themselves, of several in the
 * option `outputs`.
 */
export function objectiveKeys(
  { outputs }: ObjectiveContext,
  keys: readonly ObjectiveKey[],
): readonly string[] {
  return hasHeads(outputs) ? ['outputs'] : keys.filter((key) => key !== 'weight');
}

/** @throws ArgumentError */
export function resolveObjective(
  options: Record<string, unknown>,
  context: ObjectiveContext,
  keys: readonly ObjectiveKey[],
): Objective {
  const { outputs, defaultLoss, defaultWeights = [] } = context;
  if (!hasHeads(outputs)) {
    return outputs.map((output) => readOutput(options, '', { output, defaultLoss }));
  }
  const given = requireObject(withDefault(options.outputs, {}), 'outputs');
  requireKnownOutputs(given, outputs, 'outputs');
  return outputs.map((output, index) => {
    const path = joinPath('outputs', output.name);
    const own = requireObject(withDefault(ownValue(given, output.name), {}), path);
    requireKnownKeys(own, keys, path);
    return readOutput(own, path, { output, defaultWeight: defaultWeights[index] });
  });
}

/** The same for what runs in the core alone: losses of the table. */
export function resolveTableObjective(
  options: Record<string, unknown>,
  context: ObjectiveContext,
  keys: readonly ObjectiveKey[],
  remedy: string,
): Objective {
  const objective = resolveObjective(options, context, keys);
  if (!objective.some(({ loss }) => loss instanceof CustomLoss)) return objective;
  throw new ArgumentError({
    path: 'loss',
    expected: 'a loss of the table',
    received: 'a custom loss',
    remedy,
  });
}

function readOutput(
  options: Record<string, unknown>,
  path: string,
  context: OutputContext,
): OutputObjective {
  return { ...context.output, ...readOptions(objectiveRows, options, path, context) };
}

function readLoss(
  given: unknown,
  path: string,
  { output, defaultLoss }: OutputContext,
): LossSpec | CustomLoss {
  const loss = resolveLoss(given, path, output.activation, defaultLoss);
  if (loss instanceof CustomLoss && output.name !== '') throw customLossOfHead(path);
  return loss;
}

function customLossOfHead(path: string): ArgumentError {
  return new ArgumentError({
    path,
    expected: 'a loss of the table',
    received: 'a custom loss, which is for networks of one output',
    remedy: 'Train the outputs by hand with model.trainer.',
  });
}

/** Refuses names that no output has. */
export function requireKnownOutputs(
  given: Record<string, unknown>,
  outputs: readonly Pick<NetworkOutput, 'name'>[],
  path: string,
): void {
  const names = outputs.map(({ name }) => name);
  const known = new Set(names);
  for (const name of Object.keys(given)) {
    if (known.has(name)) continue;
    throw new ArgumentError({
      path: joinPath(path, name),
      expected: `one of the outputs ${listOf(names)}`,
      received: 'an unknown output',
      remedy: remedyFor(name, names),
    });
  }
}

/** What one output is measured by, as the core takes it; without a loss it is that of the loss function. */
interface NativeOutputObjective {
  readonly loss: JsonSpec | undefined;
  readonly weight?: number;
  readonly metrics: readonly JsonSpec[] | undefined;
  readonly classWeights: ResolvedClassWeights | undefined;
}

/** What a network of one output is measured by, or each of several, as the core takes it. */
export type NativeObjective =
  | NativeOutputObjective
  | { readonly outputs: Readonly<Record<string, NativeOutputObjective>> };

/**
 * The objective as the core takes it.
 *
 * @param classes The names of the classes of each output, where the data has them.
 * @throws ArgumentError, ShapeError
 */
export function nativeObjective(
  objective: Objective,
  classes: readonly (readonly string[] | undefined)[] = [],
): NativeObjective {
  const own = objective.map((output, index) => nativeOutput(output, classes[index]));
  const [only] = own;
  if (only !== undefined && !hasHeads(objective)) return only;
  const outputs = objective.map(
    ({ name, weight }, index) => [name, Object.assign({ weight }, own[index])] as const,
  );
  return { outputs: Object.fromEntries(outputs) };
}

function nativeOutput(
  { name, columns, loss, metrics, classWeights }: OutputObjective,
  classes: readonly string[] | undefined,
): NativeOutputObjective {
  const path = joinPath(name === '' ? '' : `outputs.${name}`, 'classWeights');
  return {
    loss: loss instanceof CustomLoss ? undefined : loss,
    metrics: metrics.length > 0 ? metrics : undefined,
    classWeights: classWeights && resolveClassWeights(classWeights, columns, classes, path),
  };
}

/** The names of all metrics; of several outputs with that of the output before them: `digit.accuracy`. */
export function metricNamesOf(objective: Objective): readonly string[] {
  return objective.flatMap(({ name, metrics }) => metrics.map(({ type }) => joinPath(name, type)));
}

/** The custom loss of the only output, if it has one. */
export function customLossOf([only]: Objective): CustomLoss | undefined {
  return only?.loss instanceof CustomLoss ? only.loss : undefined;
}
