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
import type { JsonSpec, NativeObjective } from '../native.js';
import { CustomLoss } from '../network/customLoss.js';
import type { LossName, LossOption, LossSpec, MetricSpec } from '../network/generated.js';
import { resolveLoss } from '../network/losses.js';
import { normaliseMetrics } from '../network/metrics.js';
import { hasHeads, type NetworkOutput } from '../network/network.js';
import { classWeightsOption, type GivenClassWeights, resolveClassWeights } from './classWeights.js';

/** What each output of a network is measured by: read from the options of a call. */

/** The outputs that the options are for, and the loss of the only one where they name none. */
export interface ObjectiveContext {
  readonly outputs: readonly NetworkOutput[];
  readonly defaultLoss?: LossName | undefined;
  /** Of the outputs, where the options give none; else 1. */
  readonly defaultWeights?: readonly number[] | undefined;
}

/** What one output is measured by, every default filled in. */
export interface OutputObjective extends NetworkOutput {
  readonly loss: LossSpec | CustomLoss;
  /** Of its loss in that of the network. */
  readonly weight: number;
  readonly metrics: readonly MetricSpec[];
  readonly classWeights: GivenClassWeights;
}

/** Losses of several outputs, for what takes those of the table alone. */
export type TableLosses = Readonly<
  Record<
    string,
    {
      /** Default after the end of the output. */
      readonly loss?: LossOption | undefined;
      /** Of the loss in that of the network. Default 1. */
      readonly weight?: number | undefined;
    }
  >
>;

export type Objective = readonly OutputObjective[];

type ObjectiveKey = 'loss' | 'weight' | 'metrics' | 'classWeights';

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
  const { outputs, defaultLoss: loss, defaultWeights = [] } = context;
  if (!hasHeads(outputs)) {
    return outputs.map((output) => resolveOutput(options, '', output, { loss }));
  }
  const given = requireObject(withDefault(options.outputs, {}), 'outputs');
  requireKnownOutputs(given, outputs, 'outputs');
  return outputs.map((output, index) => {
    const path = joinPath('outputs', output.name);
    const own = requireObject(withDefault(ownValue(given, output.name), {}), path);
    requireKnownKeys(own, keys, path);
    return resolveOutput(own, path, output, { weight: defaultWeights[index] });
  });
}

/** The same for what runs in the core alone: losses of the table. */
export function resolveTableObjective(
  options: Record<string, unknown>,
  context: ObjectiveContext,
  remedy: string,
  more: readonly ObjectiveKey[] = [],
): Objective {
  const objective = resolveObjective(options, context, ['loss', 'weight', ...more]);
  if (!objective.some(({ loss }) => loss instanceof CustomLoss)) return objective;
  throw new ArgumentError({
    path: 'loss',
    expected: 'a loss of the table',
    received: 'a custom loss',
    remedy,
  });
}

function resolveOutput(
  options: Record<string, unknown>,
  path: string,
  output: NetworkOutput,
  defaults: { readonly loss?: LossName | undefined; readonly weight?: number | undefined },
): OutputObjective {
  const at = (key: ObjectiveKey) => joinPath(path, key);
  const loss = resolveLoss(options.loss, at('loss'), output.activation, defaults.loss);
  if (loss instanceof CustomLoss && output.name !== '') throw customLossOfHead(at('loss'));
  return {
    ...output,
    loss,
    weight: requireNumber(withDefault(options.weight, defaults.weight ?? 1), at('weight'), {
      minimum: 0,
    }),
    metrics: normaliseMetrics(withDefault(options.metrics, []), at('metrics')),
    classWeights: classWeightsOption(options.classWeights, at('classWeights')),
  };
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
    ({ name, weight }, index) => [name, { ...own[index], weight }] as const,
  );
  return { outputs: Object.fromEntries(outputs) };
}

function nativeOutput(
  { name, columns, loss, metrics, classWeights }: OutputObjective,
  classes: readonly string[] | undefined,
) {
  return {
    ...(!(loss instanceof CustomLoss) && { loss: loss as JsonSpec }),
    ...(metrics.length > 0 && { metrics }),
    ...(classWeights !== undefined && {
      classWeights: resolveClassWeights(
        classWeights,
        columns,
        classes,
        joinPath(name === '' ? '' : `outputs.${name}`, 'classWeights'),
      ),
    }),
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
