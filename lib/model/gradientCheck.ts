import { countRule, requireObject } from '../checks.js';
import type { NativeGradientEntry, NativeGradientReport } from '../native.js';
import type { LossOption } from '../network/generated.js';
import { normOf } from '../statistics.js';
import { computingRows, seed } from './commonRows.js';
import type { OptionsContext } from './fitOptions.js';
import {
  type Objective,
  objectiveKeys,
  resolveTableObjective,
  type TableLosses,
} from './objective.js';
import {
  type InputsOf,
  number,
  optionalInteger,
  readOnlyOptions,
  type ValuesOf,
} from './optionRows.js';

const entryRows = {
  /**
   * Entries of each tensor that are differentiated, spread over it.
   *
   * @default 20, or all if fewer
   */
  entries: optionalInteger(countRule),
  /**
   * Relative error that a tensor may have.
   *
   * @default 0.01
   */
  tolerance: number({ minimum: 0, minimumExclusive: true }, 0.01),
  /**
   * Seed of the entries, and of dropout and other noise, 32 bits.
   *
   * @default the seed of the model
   */
  seed,
};

/** Options of `gradientCheck`. */
export interface GradientCheckOptions
  extends InputsOf<typeof entryRows>,
    Pick<InputsOf<typeof computingRows>, 'threads'> {
  /**
   * What is differentiated.
   *
   * @default after the end of the network, as in `fit`
   */
  readonly loss?: LossOption | undefined;
  /**
   * The same of each output of a network that has several, by its name.
   *
   * @default those of outputs that are not named
   */
  readonly outputs?: TableLosses | undefined;
}

/** One element of a tensor, and the derivative of the loss by it. */
export interface CheckedEntry {
  /** `0.weight[3][5]`. */
  readonly path: string;
  readonly backpropagated: number;
  /** By central differences. */
  readonly numerical: number;
  /** How far `numerical` may be off: rounding, how much steps of several sizes disagree, and bends. */
  readonly uncertainty: number;
}

/** What came out for one tensor. */
export interface ParameterGradientCheck {
  readonly name: string;
  /** The layer that it belongs to, from 0. */
  readonly layer: number;
  readonly shape: readonly number[];
  readonly passed: boolean;
  /**
   * Norm of the difference of both gradients over the larger of their norms, over the entries that
   * were looked at; 0 where both are 0.
   */
  readonly relativeError: number;
  /** Norm of the uncertainties, relative to the same. Above `tolerance` the check says little. */
  readonly relativeUncertainty: number;
  /** Every entry that was looked at. */
  readonly entries: readonly CheckedEntry[];
  /** The entry with the largest difference. */
  readonly worst: CheckedEntry;
}

export interface GradientReport {
  /** Whether all tensors have passed. */
  readonly passed: boolean;
  readonly tolerance: number;
  /** Mean loss of the rows, in the training pass. */
  readonly loss: number;
  /** Of every trainable tensor. */
  readonly parameters: readonly ParameterGradientCheck[];
  /** The tensor that is furthest off beyond what is uncertain; null without trainable tensors. */
  readonly worst: ParameterGradientCheck | null;
}

const { threads } = computingRows;
export const checkRows = { ...entryRows, threads };

export interface ResolvedGradientCheck extends ValuesOf<typeof checkRows> {
  readonly objective: Objective;
}

/** What the options say of an output. */
const measured = ['loss', 'weight'] as const;

/** @throws ArgumentError */
export function resolveGradientCheck(
  input: unknown,
  context: OptionsContext,
): ResolvedGradientCheck {
  const options = requireObject(input, 'options');
  const others = objectiveKeys(context, measured);
  return {
    ...readOnlyOptions(checkRows, options, '', context, others),
    objective: resolveTableObjective(
      options,
      context,
      measured,
      'Compare its gradient with difference quotients of the function itself.',
    ),
  };
}

export function gradientReport(
  { loss, parameters }: NativeGradientReport,
  tolerance: number,
): GradientReport {
  const judged = parameters.map((parameter) => judge(parameter, tolerance));
  const [first, ...others] = judged;
  const excess = ({ relativeError, relativeUncertainty }: ParameterGradientCheck) =>
    relativeError - relativeUncertainty;
  return {
    passed: judged.every(({ passed }) => passed),
    tolerance,
    loss,
    parameters: judged,
    worst:
      first === undefined
        ? null
        : others.reduce((worst, one) => (excess(one) > excess(worst) ? one : worst), first),
  };
}

function judge(
  { name, layer, shape, entries }: NativeGradientReport['parameters'][number],
  tolerance: number,
): ParameterGradientCheck {
  const norm = (of: (entry: NativeGradientEntry) => number) => normOf(entries.map(of));
  const difference = ({ backpropagated, numerical }: NativeGradientEntry) =>
    Math.abs(numerical - backpropagated);
  const size = Math.max(
    norm(({ backpropagated }) => backpropagated),
    norm(({ numerical }) => numerical),
  );
  const error = norm(difference);
  const uncertainty = norm((entry) => entry.uncertainty);
  const relative = (value: number) => (size > 0 ? value / size : 0);
  const checked = entries.map(({ index, ...entry }) => ({
    path: name + indicesOf(index, shape),
    ...entry,
  }));
  const worst = entries.reduce(
    (largest, entry, place) =>
      difference(entry) > difference(entries[largest] as NativeGradientEntry) ? place : largest,
    0,
  );
  return {
    ...{ name, layer, shape },
    passed: error <= tolerance * size + uncertainty,
    relativeError: relative(error),
    relativeUncertainty: relative(uncertainty),
    entries: checked,
    worst: checked[worst] as CheckedEntry,
  };
}

/** `[3][5]` for element 3 * columns + 5. */
function indicesOf(index: number, shape: readonly number[]): string {
  let rest = index;
  const places = [...shape].reverse().map((side) => {
    const place = rest % side;
    rest = Math.floor(rest / side);
    return place;
  });
  return places
    .reverse()
    .map((place) => `[${place}]`)
    .join('');
}
