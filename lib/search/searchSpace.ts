import { describeValue, isPlainObject, joinPath, listOf, remedyFor } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { JsonValue } from '../model/json.js';
import type { RandomStream } from '../random.js';
import { ChoiceDomain, type Domain, NumberDomain } from './domain.js';
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
  readonly dimensions: readonly Dimension[];

  /** @throws ArgumentError when the space is empty, or a condition names no earlier parameter. */
  constructor(readonly space: S) {
    const dimensions: Dimension[] = [];
    flatten(space, { path: '', requirements: [], visible: new Map() }, dimensions);
    if (dimensions.length === 0) {
      throw new ArgumentError({
        path: 'space',
        expected: 'one or more parameters',
        received: 'none',
        remedy: 'Add one: { learningRate: float(1e-4, 1e-1, { log: true }) }.',
      });
    }
    this.dimensions = dimensions;
  }

  /** Whether the values of the earlier dimensions make this one count. */
  isActive({ requirements }: Dimension, parameters: Parameters): boolean {
    return requirements.every(({ name, accepts }) => {
      const value = parameters[name];
      return value !== undefined && accepts(value);
    });
  }

  /** The suggested values of what is active; random ones for what is active and was not suggested. */
  complete(suggestion: Parameters, random: RandomStream): Parameters {
    const parameters: Record<string, JsonValue> = {};
    for (const dimension of this.dimensions) {
      const { name, domain } = dimension;
      // Drawn in any case, so that a condition does not shift the numbers of what follows.
      const unit = random.uniform();
      if (!this.isActive(dimension, parameters)) continue;
      const suggested = suggestion[name];
      parameters[name] = suggested === undefined ? domain.fromUnit(unit) : suggested;
    }
    return parameters;
  }

  /**
   * Refuses names that are not in the space, and values that are not in their domain.
   *
   * @throws ArgumentError
   */
  check(parameters: Parameters, path: string): void {
    const names = this.dimensions.map(({ name }) => name);
    for (const [name, value] of Object.entries(parameters)) {
      const dimension = this.dimensions.find((candidate) => candidate.name === name);
      if (dimension?.domain.has(value)) continue;
      throw new ArgumentError({
        path: joinPath(path, name),
        expected: dimension ? describeDomain(dimension.domain) : 'a parameter of the space',
        received: dimension ? describeValue(value) : 'an unknown name',
        remedy: remedyFor(name, names),
      });
    }
  }

  /** The values nested as the space is: what the objective is given. */
  valuesOf(parameters: Parameters): Values<S> {
    return nest(this.space, '', parameters) as Values<S>;
  }
}

function describeDomain(domain: Domain): string {
  if (domain.kind === 'choice') return `one of ${listOf(domain.options.map(describeValue), 'or')}`;
  const step = domain.step === null ? '' : ` in steps of ${domain.step}`;
  return `a number from ${domain.low} to ${domain.high}${step}`;
}

/** A parameter has the text of its kind as `type`; in a group that would be a parameter itself. */
export function isParameter(entry: SpaceParameter | Space): entry is SpaceParameter {
  return typeof entry.type === 'string';
}

interface Scope {
  readonly path: string;
  readonly requirements: readonly Requirement[];
  /** What a condition may name, and its full path. */
  readonly visible: ReadonlyMap<string, string>;
}

function flatten(space: Space, outer: Scope, into: Dimension[]): void {
  const scope = { ...outer, visible: new Map(outer.visible) };
  for (const [key, entry] of Object.entries(space)) {
    const name = joinPath(scope.path, key);
    if (!isPlainObject(entry)) {
      throw new ArgumentError({
        path: joinPath('space', name),
        expected: 'a parameter (float, int, choice, variants) or a group of them',
        received: describeValue(entry),
        remedy: 'A fixed value needs no place in the space.',
      });
    }
    if (!isParameter(entry)) {
      flatten(entry, { ...scope, path: name }, into);
      continue;
    }
    const requirements = [...scope.requirements, ...requirementsOf(entry, name, scope)];
    into.push({ name, domain: domainOf(entry, name), requirements });
    scope.visible.set(key, name);
    if (entry.type === 'variants')
      flattenVariants(entry.variants, { ...scope, path: name, requirements }, into);
  }
}

function flattenVariants(variants: Record<string, Space>, scope: Scope, into: Dimension[]): void {
  for (const [variant, space] of Object.entries(variants)) {
    const chosen = { name: scope.path, accepts: (value: JsonValue) => value === variant };
    const requirements = [...scope.requirements, chosen];
    flatten(space, { ...scope, path: joinPath(scope.path, variant), requirements }, into);
  }
}

function domainOf(parameter: SpaceParameter, name: string): Domain {
  if (parameter.type === 'float' || parameter.type === 'int') return new NumberDomain(parameter);
  if (parameter.type === 'choice' || parameter.type === 'variants') {
    return new ChoiceDomain(parameter);
  }
  throw new ArgumentError({
    path: joinPath(joinPath('space', name), 'type'),
    expected: "'float', 'int', 'choice' or 'variants'",
    received: describeValue((parameter as { type: unknown }).type),
  });
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
      values[key] = nest(entry, name, parameters);
      continue;
    }
    const value = parameters[name];
    if (value === undefined) continue;
    values[key] =
      entry.type === 'variants' ? nestVariant(entry.variants, name, value, parameters) : value;
  }
  return values;
}

function nestVariant(
  variants: Record<string, Space>,
  name: string,
  chosen: JsonValue,
  parameters: Parameters,
): Record<string, unknown> {
  const variant = String(chosen);
  return { type: variant, ...nest(variants[variant] ?? {}, joinPath(name, variant), parameters) };
}
