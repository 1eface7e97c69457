import { isArray, isInstance, isObject } from '../builtins.js';
import {
  describeValue,
  isPlainObject,
  joinPath,
  listOf,
  notA,
  ownValue,
  remedyFor,
  requireObject,
  setOwnValue,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import { type JsonValue, jsonCopy } from '../model/json.js';
import { RandomStream } from '../random.js';
import { ChoiceDomain, type Domain, NumberDomain } from './domain.js';
import { type NameRule, normaliseSpace } from './normaliseSpace.js';
import type { Condition, ConditionRange, Space, SpaceParameter, Values } from './space.js';
import type { Parameters } from './trial.js';

/** One parameter of a space that has been laid flat. */
export interface Dimension {
  /** Its path: `learningRate`, `optimizer.adam.beta1`. */
  readonly name: string;
  readonly domain: Domain;
  /** Active when all hold; what they name is an earlier dimension. */
  readonly requirements: readonly Requirement[];
}

interface Requirement {
  readonly name: string;
  readonly accepts: (value: JsonValue) => boolean;
}

/**
 * A space as the samplers see it: a list of dimensions, in which groups and variants have become
 * paths and conditions.
 */
export class SearchSpace<S extends Space = Space> {
  /** As it was given, with defaults: a copy that does not change. */
  readonly space: S;
  readonly dimensions: readonly Dimension[];
  readonly #byName: ReadonlyMap<string, Dimension>;

  /**
   * @throws ArgumentError when the space is empty or no space, when two parameters have the same path,
   * or a condition names no earlier parameter.
   */
  constructor(space: S, rule: NameRule = 'new') {
    const normalised = normaliseSpace(space, rule);
    this.space = normalised as S;
    this.#byName = dimensionsOf(normalised);
    this.dimensions = [...this.#byName.values()];
    if (this.dimensions.length > 0) return;
    throw new ArgumentError({
      path: 'space',
      expected: 'one or more parameters',
      received: 'none',
      remedy: 'Add one: { learningRate: float(1e-4, 1e-1, { log: true }) }.',
    });
  }

  /** Whether the values of the earlier dimensions make this one count. */
  isActive(dimension: Dimension, parameters: Parameters): boolean {
    if (!isObject(dimension) || !isArray(dimension.requirements))
      throw notA('a dimension', dimension, 'dimension');
    return areMet(dimension, requireParameters(parameters));
  }

  /**
   * The suggested values of what is active; random ones for what is active and was not suggested.
   *
   * @throws ArgumentError
   */
  complete(suggestion: Parameters, random: RandomStream): Parameters {
    requireObject(suggestion, 'suggestion');
    if (!isInstance(random, RandomStream)) throw notA('a random stream', random, 'random');
    const parameters: Parameters = {};
    for (const dimension of this.dimensions) {
      const { name, domain } = dimension;
      // Drawn in any case, so that a condition does not shift the numbers of what follows.
      const unit = random.uniform();
      if (!areMet(dimension, parameters)) continue;
      const suggested = ownValue(suggestion, name);
      setOwnValue(parameters, name, suggested === undefined ? domain.fromUnit(unit) : suggested);
    }
    return parameters;
  }

  /**
   * Refuses names that are not in the space, and values that are not in their domain.
   *
   * @param path where they stand, for errors.
   * @returns a copy that nobody can change.
   * @throws ArgumentError
   */
  check(parameters: Parameters, path = 'parameters'): Parameters {
    if (typeof path !== 'string') throw notA('a text', path, 'path');
    const entries = Object.entries(requireObject(parameters, path)).map(([name, value]) => {
      const dimension = this.#byName.get(name);
      const place = joinPath(path, name);
      if (dimension === undefined) {
        const remedy = remedyFor(name, [...this.#byName.keys()]);
        throw unknownName(place, remedy);
      }
      return [name, valueIn(dimension.domain, value, place)] as const;
    });
    return Object.freeze(Object.fromEntries(entries));
  }

  /** The values nested as the space is: what the objective is given. */
  valuesOf(parameters: Parameters): Values<S> {
    return nest(this.space, '', requireParameters(parameters)) as Values<S>;
  }
}

function areMet({ requirements }: Dimension, parameters: Parameters): boolean {
  return requirements.every(({ name, accepts }) => {
    const value = ownValue(parameters, name);
    return value !== undefined && accepts(value);
  });
}

function requireParameters(parameters: unknown): Parameters {
  return requireObject(parameters, 'parameters') as Parameters;
}

/** The value as a domain has it. */
function valueIn(domain: Domain, value: unknown, path: string): JsonValue {
  const expected = describeDomain(domain);
  let copy: JsonValue;
  try {
    copy = jsonCopy(value, path);
  } catch {
    throw notA(expected, value, path);
  }
  if (domain.has(copy)) return copy;
  throw notA(expected, value, path);
}

function unknownName(path: string, remedy: string): ArgumentError {
  const expected = 'a parameter of the space';
  return new ArgumentError({ path, expected, received: 'an unknown name', remedy });
}

function describeDomain(domain: Domain): string {
  if (domain.kind === 'choice') return `one of ${listOf(domain.options.map(describeValue), 'or')}`;
  const step = domain.step === null ? '' : ` in steps of ${domain.step}`;
  return `a number from ${domain.low} to ${domain.high}${step}`;
}

function isParameter(entry: SpaceParameter | Space): entry is SpaceParameter {
  return typeof entry.type === 'string';
}

interface Scope {
  readonly path: string;
  readonly requirements: readonly Requirement[];
  /** What a condition may name, and its full path. */
  readonly visible: ReadonlyMap<string, string>;
}

/** By their paths, in the order of the space. */
function dimensionsOf(space: Space): Map<string, Dimension> {
  const dimensions = new Map<string, Dimension>();
  const add = (dimension: Dimension): void => {
    const { name } = dimension;
    if (dimensions.has(name)) throw samePath(name);
    dimensions.set(name, dimension);
  };
  flatten(space, { path: '', requirements: [], visible: new Map() }, add);
  return dimensions;
}

type Add = (dimension: Dimension) => void;

function samePath(name: string): ArgumentError {
  return new ArgumentError({
    path: joinPath('space', name),
    expected: 'a path of its own for each parameter',
    received: 'two parameters with this path',
    remedy: 'Rename one of them.',
  });
}

function flatten(space: Space, outer: Scope, add: Add): void {
  const scope = { ...outer, visible: new Map(outer.visible) };
  for (const [key, entry] of Object.entries(space)) {
    const name = joinPath(scope.path, key);
    if (!isParameter(entry)) {
      flatten(entry, { ...scope, path: name }, add);
      continue;
    }
    const requirements = [...scope.requirements, ...requirementsOf(entry, name, scope)];
    add({ name, domain: domainOf(entry), requirements });
    scope.visible.set(key, name);
    if (entry.type === 'variants')
      flattenVariants(entry.variants, { ...scope, path: name, requirements }, add);
  }
}

function flattenVariants(variants: Record<string, Space>, scope: Scope, add: Add): void {
  for (const [variant, space] of Object.entries(variants)) {
    const chosen = { name: scope.path, accepts: (value: JsonValue) => value === variant };
    const requirements = [...scope.requirements, chosen];
    flatten(space, { ...scope, path: joinPath(scope.path, variant), requirements }, add);
  }
}

function domainOf(parameter: SpaceParameter): Domain {
  if (parameter.type === 'float' || parameter.type === 'int') return new NumberDomain(parameter);
  return new ChoiceDomain(parameter);
}

function requirementsOf(entry: SpaceParameter, name: string, scope: Scope): Requirement[] {
  const when: Condition = ('when' in entry && (entry.when as Condition)) || {};
  return Object.entries(when).map(([key, wanted]) => {
    const target = scope.visible.get(key);
    if (target === undefined) {
      const known = [...scope.visible.keys()];
      throw new ArgumentError({
        path: `space.${name}.when`,
        expected: 'names of parameters declared before it, in its group or around it',
        received: describeValue(key),
        remedy: remedyFor(key, known) || 'Declare the parameter in front of this one.',
      });
    }
    return { name: target, accepts: acceptanceOf(wanted) };
  });
}

function acceptanceOf(wanted: Condition[string]): (value: JsonValue) => boolean {
  if (isRange(wanted)) {
    const { minimum = -Infinity, maximum = Infinity } = wanted;
    return (value) => typeof value === 'number' && value >= minimum && value <= maximum;
  }
  const accepted: readonly JsonValue[] = Array.isArray(wanted) ? wanted : [wanted];
  return (value) => accepted.includes(value);
}

function isRange(wanted: Condition[string]): wanted is ConditionRange {
  return isPlainObject(wanted);
}

function nest(space: Space, path: string, parameters: Parameters): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(space)) {
    const name = joinPath(path, key);
    if (!isParameter(entry)) {
      setOwnValue(values, key, nest(entry, name, parameters));
      continue;
    }
    const value = ownValue(parameters, name);
    if (value === undefined) continue;
    const nested =
      entry.type === 'variants'
        ? nestVariant(entry.variants, name, value, parameters)
        : changeable(value);
    setOwnValue(values, key, nested);
  }
  return values;
}

/** What the objective is given is its own: a list of units that it sorts stays as it is in the study. */
function changeable(value: JsonValue): JsonValue {
  return typeof value === 'object' ? structuredClone(value) : value;
}

function nestVariant(
  variants: Record<string, Space>,
  name: string,
  chosen: JsonValue,
  parameters: Parameters,
): Record<string, unknown> {
  const variant = String(chosen);
  const space = ownValue(variants, variant) ?? {};
  return { type: variant, ...nest(space, joinPath(name, variant), parameters) };
}
