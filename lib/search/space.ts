import { requireInteger, requireKnownKeys, requireNumber, withDefault } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { type JsonValue, requireJson } from '../model/json.js';

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
  /** Uniform in the logarithm, for what varies over orders of magnitude. Default: false. */
  readonly log?: boolean | undefined;
  /** Only low, low + step, …, up to high. Default: any number. */
  readonly step?: number | undefined;
  readonly when?: Condition | undefined;
}

export interface IntOptions {
  /** Uniform in the logarithm. Default: false. */
  readonly log?: boolean | undefined;
  /** Only low, low + step, …, up to high. Default: 1. */
  readonly step?: number | undefined;
  readonly when?: Condition | undefined;
}

export interface ChoiceOptions {
  readonly when?: Condition | undefined;
}

/**
 * A number from `low` to `high`, both included.
 *
 * @throws ArgumentError when low is above high, or not above 0 on a logarithmic scale.
 */
export function float(
  low: number,
  high: number,
  options: FloatOptions & Conditional,
): FloatParameter & Conditional;
export function float(low: number, high: number, options?: FloatOptions): FloatParameter;
export function float(low: number, high: number, options: FloatOptions = {}): FloatParameter {
  requireKnownKeys({ ...options }, ['log', 'step', 'when'], 'float');
  const step = withDefault(options.step, null);
  if (step !== null) requireNumber(step, 'float.step', { minimum: 0, minimumExclusive: true });
  requireRange(requireNumber(low, 'low'), requireNumber(high, 'high'), options.log);
  const { log = false } = options;
  return { type: 'float', low, high, log, step: options.step ?? null, ...conditionOf(options) };
}

/**
 * An integer from `low` to `high`, both included.
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
  requireKnownKeys({ ...options }, ['log', 'step', 'when'], 'int');
  const step = requireInteger(withDefault(options.step, 1), 'int.step', stepRule);
  requireRange(
    requireInteger(low, 'low', intRule),
    requireInteger(high, 'high', intRule),
    options.log,
  );
  return { type: 'int', low, high, log: options.log ?? false, step, ...conditionOf(options) };
}

/**
 * One of the options, which have no order. They may be any JSON: `choice([[64], [64, 32]])`.
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
  requireKnownKeys({ ...settings }, ['when'], 'choice');
  requireJson(options, 'options');
  const distinct = new Set(options.map((option) => JSON.stringify(option)));
  if (options.length === 0 || distinct.size < options.length) {
    throw new ArgumentError({
      path: 'options',
      expected: 'one or more options, all different',
      received: options.length === 0 ? 'none' : 'two that are equal',
    });
  }
  return { type: 'choice', options, ...conditionOf(settings) };
}

/**
 * One of several spaces. Its value is an object with the name as `type` beside the values of that
 * space: `variants({ sgd: {}, adam: { learningRate: float(1e-4, 1e-2, { log: true }) } })` gives
 * `{ type: 'adam', learningRate: … }`, which is how layerwise writes an optimizer.
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
  requireKnownKeys({ ...settings }, ['when'], 'variants');
  if (Object.keys(spaces).length === 0) {
    throw new ArgumentError({ path: 'spaces', expected: 'one or more spaces', received: 'none' });
  }
  return { type: 'variants', variants: spaces, ...conditionOf(settings) };
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
const stepRule = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;

function requireRange(low: number, high: number, log = false): void {
  if (low > high) {
    throw new ArgumentError({ path: 'high', expected: `${low} or more`, received: String(high) });
  }
  if (!log || low > 0) return;
  throw new ArgumentError({
    path: 'low',
    expected: 'a number > 0, as the scale is logarithmic',
    received: String(low),
    remedy: 'Raise it, or drop `log`.',
  });
}

function conditionOf({ when }: ChoiceOptions): { when?: Condition } {
  return when === undefined ? {} : { when };
}
