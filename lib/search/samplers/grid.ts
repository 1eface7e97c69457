import { isArray } from '../../builtins.js';
import {
  describeValue,
  joinPath,
  ownValue,
  requireInteger,
  requireKnownKeys,
  requireObject,
  withDefault,
} from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import { type JsonValue, jsonCopy } from '../../model/json.js';
import { combinationsOf, keyOf } from '../combinations.js';
import { defineSampler, manyRule, type Sampler } from '../sampler.js';
import type { Dimension, SearchSpace } from '../searchSpace.js';
import type { Parameters } from '../trial.js';
import { triedKeys } from '../triedKeys.js';

export interface GridOptions {
  /**
   * How many values of a number parameter are tried, evenly spread over its scale with both ends; all
   * of them when it has no more than that. At most 2^20.
   *
   * @default 5
   */
  readonly points?: number | undefined;
  /**
   * By path, for single parameters: how many values, or a list of them.
   *
   * @default `points` values of each
   */
  readonly parameters?: { readonly [name: string]: number | readonly JsonValue[] } | undefined;
}

type Axis = number | readonly JsonValue[];

/**
 * Every combination of values, in order: the last parameter changes fastest. A conditional parameter
 * multiplies only the combinations in which it is active. Ends after the last combination that no
 * trial has had, whatever became of the trial.
 *
 * ```ts
 * const study = new Study({ space, sampler: gridSampler({ points: 4 }) });
 * ```
 *
 * @throws ArgumentError, also from `ask` when `parameters` does not fit the space.
 */
export function gridSampler(options: GridOptions = {}): Sampler {
  requireKnownKeys(requireObject(options, 'gridSampler'), ['points', 'parameters'], 'gridSampler');
  const points = requireInteger(withDefault(options.points, 5), 'gridSampler.points', manyRule);
  const axes = axesOf(withDefault(options.parameters, {}));
  const walks = new WeakMap<SearchSpace, Walk>();
  const walkOf = (space: SearchSpace, fixed: Parameters, tried: ReadonlySet<string>): Walk => {
    requireKnownKeys(
      axes,
      space.dimensions.map(({ name }) => name),
      path,
    );
    const values = space.dimensions.map((dimension) => {
      const settled = ownValue(fixed, dimension.name);
      return settled === undefined ? valuesOf(dimension, axes, points) : [settled];
    });
    return new Walk(space, combinationsOf(space, values), tried);
  };
  return defineSampler('grid', { points, parameters: axes }, ({ space, trials, fixed }) => {
    const tried = triedKeys(space, trials);
    if (Object.keys(fixed).length > 0) return walkOf(space, fixed, tried).next();
    const before = walks.get(space);
    const walk = before?.tried === tried ? before : walkOf(space, fixed, tried);
    walks.set(space, walk);
    return walk.next();
  });
}

/** Goes over combinations once, as what a trial has had is never new again. */
class Walk {
  readonly #combinations: Iterator<Parameters>;
  #current: Parameters | null | undefined;

  readonly #space: SearchSpace;

  /** @param tried What trials have had, and those that follow will have. */
  constructor(
    space: SearchSpace,
    combinations: Iterator<Parameters>,
    readonly tried: ReadonlySet<string>,
  ) {
    this.#space = space;

    this.#combinations = combinations;
  }

  /** The first that no trial has had; null behind the last one. */
  next(): Parameters | null {
    if (this.#current === undefined) this.#advance();
    while (this.#current && this.tried.has(keyOf(this.#space, this.#current))) this.#advance();
    return this.#current ?? null;
  }

  #advance(): void {
    const { value, done } = this.#combinations.next();
    this.#current = done ? null : value;
  }
}

const path = 'gridSampler.parameters';

function axesOf(parameters: unknown): Record<string, Axis> {
  const axes = Object.entries(requireObject(parameters, path)).map(([name, axis]) => {
    const place = joinPath(path, name);
    if (isArray(axis) && axis.length > 0) return [name, jsonCopy(axis, place)];
    return [name, requireInteger(axis, place, manyRule, 'Or list the values.')];
  });
  return Object.fromEntries(axes) as Record<string, Axis>;
}

function valuesOf(
  { name, domain }: Dimension,
  axes: Readonly<Record<string, Axis>>,
  points: number,
): readonly JsonValue[] {
  const axis = ownValue(axes, name) ?? (domain.kind === 'choice' ? domain.size : points);
  if (typeof axis !== 'number') {
    for (const value of axis) if (!domain.has(value)) throw notInSpace(name, value);
    return axis;
  }
  if (domain.size <= axis) return Array.from({ length: domain.size }, (_, i) => domain.at(i));
  const spread = Array.from({ length: axis }, (_, index) => {
    const value = domain.fromUnit(axis === 1 ? 0.5 : index / (axis - 1));
    // Without the dust of the logarithm, where the domain allows it.
    const tidy = typeof value === 'number' ? Number(value.toPrecision(12)) : value;
    return domain.has(tidy) ? tidy : value;
  });
  return [...new Set(spread)];
}

function notInSpace(name: string, value: JsonValue): ArgumentError {
  return new ArgumentError({
    path: joinPath(path, name),
    expected: 'values that the space allows',
    received: describeValue(value),
  });
}
