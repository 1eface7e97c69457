import { isArray } from '../builtins.js';
import {
  describeValue,
  isPlainObject,
  joinPath,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import { type JsonValue, jsonCopy } from '../model/json.js';

/**
 * What is searched: plain data, built by the functions below. A space names parameters, or groups of
 * them; it is JSON, so that a study on disk can hold it.
 */
export interface Space {
  readonly [name: string]: SpaceParameter | Space;
}

export type SpaceParameter = FloatParameter | IntParameter | ChoiceParameter | VariantsParameter;

export interface FloatParameter {
  readonly type: 'float';
  readonly low: number;
  readonly high: number;
  /** Uniform in the logarithm. */
  readonly log: boolean;
  /** Only low, low + step, …; null for any number. */
  readonly step: number | null;
}

export interface IntParameter {
  readonly type: 'int';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number;
}

export interface ChoiceParameter<Option extends JsonValue = JsonValue> {
  readonly type: 'choice';
  readonly options: readonly Option[];
}

/** A choice between spaces: only the parameters of the chosen one are active. */
export interface VariantsParameter<Spaces extends Variants = Variants> {
  readonly type: 'variants';
  readonly variants: Spaces;
}

export interface Variants {
  readonly [name: string]: Space;
}

/**
 * When a parameter is active. Each key names a parameter declared before it, in its own group or in
 * one around it; all must hold. A value: equal to it. An array: equal to one of them. A range: a
 * number in it, both ends included. For `variants` the value is the name of the variant.
 */
export interface Condition {
  readonly [name: string]: Scalar | readonly Scalar[] | ConditionRange;
}

export interface ConditionRange {
  readonly minimum?: number;
  readonly maximum?: number;
}

export type Scalar = string | number | boolean | null;

/** What a parameter has that is only active under a condition. */
export interface Conditional {
  readonly when: Condition;
}

export interface FloatOptions {
  /**
   * Uniform in the logarithm, for what varies over orders of magnitude.
   *
   * @default false
   */
  readonly log?: boolean | undefined;
  /**
   * Only low, low + step, …, up to high.
   *
   * @default any number
   */
  readonly step?: number | undefined;
  /**
   * When the parameter is there at all: see `Condition`.
   *
   * @default always
   */
  readonly when?: Condition | undefined;
}

export interface IntOptions {
  /**
   * Uniform in the logarithm.
   *
   * @default false
   */
  readonly log?: boolean | undefined;
  /**
   * Only low, low + step, …, up to high.
   *
   * @default 1
   */
  readonly step?: number | undefined;
  /**
   * When the parameter is there at all: see `Condition`.
   *
   * @default always
   */
  readonly when?: Condition | undefined;
}

export interface ChoiceOptions {
  /**
   * When the parameter is there at all: see `Condition`.
   *
   * @default always
   */
  readonly when?: Condition | undefined;
}

/**
 * A number from `low` to `high`, both included.
 *
 * ```ts
 * float(1e-4, 1e-1, { log: true });
 * ```
 *
 * @throws ArgumentError when low is above high, or not above 0 on a logarithmic scale; when the range is
 * wider than the largest number, or has more than 2^50 steps.
 */
export function float(
  low: number,
  high: number,
  options: FloatOptions & Conditional,
): FloatParameter & Conditional;
export function float(low: number, high: number, options?: FloatOptions): FloatParameter;
export function float(low: number, high: number, options: FloatOptions = {}): FloatParameter {
  const { log, step, when } = requireNumberOptions(options, 'float');
  const range = { low: requireNumber(low, 'low') + 0, high: requireNumber(high, 'high') + 0, log };
  requireRange(range);
  if (step !== null) requireFloatStep(requireNumber(step, 'float.step', stepRule), range);
  return { type: 'float', ...range, step: step === null ? null : Number(step), ...when };
}

/**
 * An integer from `low` to `high`, both included.
 *
 * ```ts
 * int(16, 256, { log: true });
 * ```
 *
 * @throws ArgumentError when low is above high, or not above 0 on a logarithmic scale.
 */
export function int(
  low: number,
  high: number,
  options: IntOptions & Conditional,
): IntParameter & Conditional;
export function int(low: number, high: number, options?: IntOptions): IntParameter;
export function int(low: number, high: number, options: IntOptions = {}): IntParameter {
  const { log, step, when } = requireNumberOptions(options, 'int');
  const bins = requireInteger(step ?? 1, 'int.step', intStepRule);
  const range = {
    low: requireInteger(low, 'low', intRule) + 0,
    high: requireInteger(high, 'high', intRule) + 0,
    log,
  };
  requireRange(range);
  return { type: 'int', ...range, step: bins, ...when };
}

/**
 * One of the options, which have no order. They may be any JSON: `choice([[64], [64, 32]])`.
 *
 * ```ts
 * choice(['relu', 'tanh']);
 * ```
 *
 * @throws ArgumentError when there are none, or two are equal.
 */
export function choice<const Option extends JsonValue>(
  options: readonly Option[],
  settings: ChoiceOptions & Conditional,
): ChoiceParameter<Option> & Conditional;
export function choice<const Option extends JsonValue>(
  options: readonly Option[],
  settings?: ChoiceOptions,
): ChoiceParameter<Option>;
export function choice<const Option extends JsonValue>(
  options: readonly Option[],
  settings: ChoiceOptions = {},
): ChoiceParameter<Option> {
  requireKnownKeys(requireObject(settings, 'choice'), ['when'], 'choice');
  const kept: unknown = jsonCopy(requireArray(options, 'options'), 'options');
  const distinct = new Set(options.map((option) => JSON.stringify(option)));
  if (options.length === 0 || distinct.size < options.length) {
    throw new ArgumentError({
      path: 'options',
      expected: 'one or more options, all different',
      received: options.length === 0 ? 'none' : 'two that are equal',
    });
  }
  return {
    type: 'choice',
    options: kept as readonly Option[],
    ...conditionOf(settings.when, 'choice.when'),
  };
}

/**
 * One of several spaces. Its value is an object with the name as `type` beside the values of that
 * space: `variants({ sgd: {}, adam: { learningRate: float(1e-4, 1e-2, { log: true }) } })` gives
 * `{ type: 'adam', learningRate: … }`, which is how layerwise writes an optimizer.
 *
 * ```ts
 * variants({ sgd: { momentum: float(0, 0.99) }, adam: {} });
 * ```
 *
 * @throws ArgumentError when there are none.
 */
export function variants<const Spaces extends Variants>(
  spaces: Spaces,
  settings: ChoiceOptions & Conditional,
): VariantsParameter<Spaces> & Conditional;
export function variants<const Spaces extends Variants>(
  spaces: Spaces,
  settings?: ChoiceOptions,
): VariantsParameter<Spaces>;
export function variants<const Spaces extends Variants>(
  spaces: Spaces,
  settings: ChoiceOptions = {},
): VariantsParameter<Spaces> {
  requireKnownKeys(requireObject(settings, 'variants'), ['when'], 'variants');
  const named = Object.entries(requireObject(spaces, 'spaces'));
  if (named.length === 0) {
    throw new ArgumentError({ path: 'spaces', expected: 'one or more spaces', received: 'none' });
  }
  for (const [name, space] of named) requireObject(space, joinPath('spaces', name));
  return { type: 'variants', variants: spaces, ...conditionOf(settings.when, 'variants.when') };
}

/** The values that a space gives, nested as the space is; undefined where a parameter is inactive. */
export type Values<S extends Space> = {
  readonly [Name in keyof S]: S[Name] extends Conditional
    ? ValueOf<S[Name]> | undefined
    : ValueOf<S[Name]>;
};

type ValueOf<P> =
  P extends ChoiceParameter<infer Option>
    ? Option
    : P extends VariantsParameter<infer Spaces>
      ? { [Name in keyof Spaces]: { readonly type: Name } & Values<Spaces[Name]> }[keyof Spaces]
      : P extends FloatParameter | IntParameter
        ? number
        : P extends Space
          ? Values<P>
          : never;

const intRule = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER } as const;
const intStepRule = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
const stepRule = { minimum: 0, minimumExclusive: true } as const;

/** What `float` and `int` take besides their range; a step of null is none, as in plain data. */
function requireNumberOptions(input: unknown, path: string) {
  const options = requireObject(input, path);
  requireKnownKeys(options, ['log', 'step', 'when'], path);
  return {
    log: requireBoolean(withDefault(options.log, false), `${path}.log`),
    step: withDefault(options.step, null),
    when: conditionOf(options.when, `${path}.when`),
  };
}

interface Range {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

function requireRange({ low, high, log }: Range): void {
  if (low > high) {
    throw new ArgumentError({ path: 'high', expected: `${low} or more`, received: String(high) });
  }
  if (log && low <= 0) {
    throw new ArgumentError({
      path: 'low',
      expected: 'a number > 0, as the scale is logarithmic',
      received: String(low),
      remedy: 'Raise it, or drop `log`.',
    });
  }
  if (Number.isFinite(high - low)) return;
  throw new ArgumentError({
    path: 'high',
    expected: `at most ${Number.MAX_VALUE} more than low, so that the width of the range is a number`,
    received: `${high}, where low is ${low}`,
  });
}

/** Values are counted in steps: with more of them, rounding would be as large as a step. */
const mostSteps = 2 ** 50;

function requireFloatStep(step: number, { low, high }: Range): void {
  const steps = (high - low) / step;
  // Each value stands for the numbers within half a step of it.
  const width = high + step / 2 - (low - step / 2);
  if (steps <= mostSteps && Number.isFinite(width)) return;
  throw new ArgumentError({
    path: 'float.step',
    expected: 'a step of which the range has at most 2^50',
    received: `${step}, in a range from ${low} to ${high}`,
  });
}

function requireArray(value: unknown, path: string): readonly unknown[] {
  if (isArray(value)) return value;
  throw new ArgumentError({ path, expected: 'an array', received: describeValue(value) });
}

function conditionOf(when: unknown, path: string): { when?: Condition } {
  if (when === undefined) return {};
  const entries = Object.entries(requireObject(when, path));
  const wanted = entries.map(([name, value]) => [name, wantedOf(value, joinPath(path, name))]);
  return { when: Object.freeze(Object.fromEntries(wanted)) };
}

function wantedOf(value: unknown, path: string): Condition[string] {
  if (isPlainObject(value)) return rangeOf(value, path);
  return isArray(value)
    ? Array.from(value, (item: unknown, index) => scalarOf(item, `${path}[${index}]`))
    : scalarOf(value, path);
}

function rangeOf(range: Record<string, unknown>, path: string): ConditionRange {
  requireKnownKeys(range, ['minimum', 'maximum'], path);
  const { minimum, maximum } = range;
  return {
    ...(minimum !== undefined && { minimum: requireNumber(minimum, `${path}.minimum`) }),
    ...(maximum !== undefined && { maximum: requireNumber(maximum, `${path}.maximum`) }),
  };
}

function scalarOf(value: unknown, path: string): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0;
  throw new ArgumentError({
    path,
    expected: 'a text, a finite number, true, false or null; an array of them; or a range',
    received: describeValue(value),
  });
}
