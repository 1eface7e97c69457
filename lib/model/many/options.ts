import { isArray } from '../../builtins.js';
import { describeValue, optionalFunction, requireObject } from '../../checks.js';
import { ArgumentError, ShapeError } from '../../errors.js';
import { CustomLoss } from '../../network/customLoss.js';
import type { MetricName } from '../../network/generated.js';
import type { TrainingEvent } from '../events.js';
import type { FitOptions } from '../fitOptions.js';
import { readRunOptions } from '../runRows.js';

/** The options of `fitMany`: those of `fit` for every model, and what one has for itself. */

/** Those of `fit` that are about one run on its own. */
const refused = ['checkpoint', 'resume', 'listeners'] as const;
/** Those that are about all trainings together. */
const common = ['threads', 'signal', 'handleSignals', 'onEvent', 'members'] as const;

type Refused = (typeof refused)[number];

/** What one of several models has for itself, in the place of the same option for all. */
export type MemberOptions<Data, Metric extends MetricName = never> = Omit<
  FitOptions<Data, string, Metric>,
  Refused | (typeof common)[number]
>;

/** Options of `fitMany`. */
export interface FitManyOptions<Data, Metric extends MetricName = never>
  extends Omit<FitOptions<Data, string, Metric>, Refused | 'onEvent'> {
  /**
   * What differs from model to model: an object for each of them, in their order, whose options take the place of those for
   * all. `seeds.map((seed) => ({ seed }))`, say, or `rates.map((learningRate) => ({ optimizer: adam({ learningRate }) }))`.
   *
   * @default the same options for all
   */
  readonly members?: readonly MemberOptions<Data, NoInfer<Metric>>[] | undefined;
  /**
   * Called with every event of every model, and the number of the model in the list, from 0. What it throws, or rejects
   * with, ends all trainings.
   *
   * @default none
   */
  readonly onEvent?: ((event: TrainingEvent<NoInfer<Metric>>, model: number) => void) | undefined;
}

/** The options when they are read. */
export interface ResolvedMany {
  readonly signal: AbortSignal | undefined;
  readonly handleSignals: boolean;
  readonly threads: number | undefined;
  readonly onEvent: ((event: TrainingEvent, model: number) => unknown) | undefined;
  /** Of the training of each model. */
  readonly ofModels: readonly Readonly<Record<string, unknown>>[];
  /** Whether an option of a model is its own. */
  isOwn(model: number, option: string): boolean;
}

/**
 * Checks what is not left to `fit` itself.
 *
 * @throws ArgumentError, ShapeError
 */
export function resolveMany(input: unknown, models: number): ResolvedMany {
  const options = requireObject(input, 'options');
  refuse(options, refused, '', 'Train such a model with fit.');
  const { signal, handleSignals = false } = readRunOptions(options);
  const onEvent = optionalFunction(options.onEvent, 'onEvent') as ResolvedMany['onEvent'];
  const own = readMembers(options.members, models);
  const left = ['signal', 'handleSignals', 'onEvent', 'members'];
  const forAll = without(options, left);
  const ofModels = own.map((member) => ({ ...forAll, ...member }));
  for (const [model, { loss }] of ofModels.entries())
    refuseCustomLoss(loss, own[model]?.loss, model);
  return {
    signal,
    handleSignals,
    threads: options.threads as number | undefined,
    onEvent,
    ofModels,
    isOwn: (model, option) => own[model]?.[option] !== undefined,
  };
}

function readMembers(given: unknown, models: number): readonly Record<string, unknown>[] {
  if (given === undefined) return Array.from({ length: models }, () => ({}));
  const remedy = 'Give an object for each model, {} where nothing is its own.';
  if (!isArray(given)) {
    const expected = 'an array of options, one for each model';
    throw new ArgumentError({ path: 'members', expected, received: describeValue(given), remedy });
  }
  if (given.length !== models) {
    const expected = `${models}, one for each model`;
    throw new ShapeError({ path: 'members', expected, received: String(given.length), remedy });
  }
  return Array.from(given, (member, model) => {
    const path = `members[${model}]`;
    const own = requireObject(member, path);
    refuse(own, refused, `${path}.`, 'Train such a model with fit.');
    refuse(own, common, `${path}.`, 'Give it once, for all models.');
    return without(own, []);
  });
}

/** Without some names, and without what is undefined. */
function without(
  options: Record<string, unknown>,
  names: readonly string[],
): Record<string, unknown> {
  const entries = Object.entries(options);
  return Object.fromEntries(
    entries.filter(([name, value]) => value !== undefined && !names.includes(name)),
  );
}

function refuse(
  options: Record<string, unknown>,
  names: readonly string[],
  path: string,
  remedy: string,
): void {
  const name = names.find((one) => options[one] !== undefined);
  if (name === undefined) return;
  throw new ArgumentError({
    path: `${path}${name}`,
    expected: `no such option ${path === '' ? 'of fitMany' : 'of one of the models'}`,
    received: describeValue(options[name]),
    remedy,
  });
}

function refuseCustomLoss(loss: unknown, own: unknown, model: number): void {
  if (!(loss instanceof CustomLoss)) return;
  throw new ArgumentError({
    path: own === undefined ? 'loss' : `members[${model}].loss`,
    expected: 'a loss of the table',
    received: 'a custom loss',
    remedy: 'Train such a model with fit.',
  });
}
