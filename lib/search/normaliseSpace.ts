import {
  describeValue,
  isPlainObject,
  joinPath,
  listOf,
  ownValue,
  requireObject,
} from '../checks.js';
import { ArgumentError, rebaseError } from '../errors.js';
import { choice, float, int, type Space, type SpaceParameter, variants } from './space.js';

/**
 * Which names parameters may have: those that make a new study are held to the rules of today, those
 * of a journal to the rules of the version that began it.
 */
export type NameRule = 'new' | 'journal';

/**
 * A copy of a space in which everything is as the functions `float`, `int`, `choice` and `variants`
 * build it, so that plain data is checked as they check their arguments.
 *
 * @throws ArgumentError
 */
export function normaliseSpace(input: unknown, rule: NameRule = 'new'): Space {
  return groupOf(requireObject(input, 'space'), { path: 'space', depth: 0, rule });
}

interface Place {
  readonly path: string;
  readonly depth: number;
  readonly rule: NameRule;
}

const deepest = 100;

function groupOf(group: Record<string, unknown>, { path, depth, rule }: Place): Space {
  if (depth > deepest) {
    throw new ArgumentError({
      path: 'space',
      expected: `at most ${deepest} levels`,
      received: 'deeper groups, or a group that contains itself',
    });
  }
  const entries = Object.entries(group).map(([name, entry]) => {
    const inner = { path: joinPath(path, name), depth: depth + 1, rule };
    if (rule === 'new') requireName(name, inner.path);
    return [name, entryOf(entry, inner)] as const;
  });
  return Object.freeze(Object.fromEntries(entries));
}

function entryOf(entry: unknown, place: Place): SpaceParameter | Space {
  if (!isPlainObject(entry)) {
    throw new ArgumentError({
      path: place.path,
      expected: 'a parameter (float, int, choice, variants) or a group of them',
      received: describeValue(entry),
      remedy: 'A fixed value needs no place in the space.',
    });
  }
  // A parameter has the text of its kind as `type`; in a group that would be a parameter itself.
  const type = ownValue(entry, 'type');
  return typeof type === 'string' ? parameterOf(type, entry, place) : groupOf(entry, place);
}

function parameterOf(type: string, entry: Record<string, unknown>, place: Place): SpaceParameter {
  const build = Object.hasOwn(builders, type) ? builders[type as keyof typeof builders] : undefined;
  if (build === undefined) {
    throw new ArgumentError({
      path: joinPath(place.path, 'type'),
      expected: listOf(
        Object.keys(builders).map((name) => `'${name}'`),
        'or',
      ),
      received: describeValue(type),
    });
  }
  const { type: _, ...fields } = entry;
  if (type === 'variants') fields.variants = variantsOf(fields.variants, place);
  try {
    return Object.freeze(build(fields));
  } catch (error) {
    throw rebaseError(error, (inner) => within(place.path, inner, type));
  }
}

/** Parameters from their fields in plain data; what a function does not take, it refuses. */
const builders = {
  float: ({ low, high, ...options }: Fields) => float(low as number, high as number, options),
  int: ({ low, high, ...options }: Fields) => int(low as number, high as number, options),
  choice: ({ options, ...settings }: Fields) => choice(options as readonly string[], settings),
  variants: ({ variants: spaces, ...settings }: Fields) =>
    variants(spaces as Record<string, Space>, settings),
} as const;

type Fields = Record<string, unknown>;

function variantsOf(input: unknown, { path, depth, rule }: Place): Record<string, Space> {
  const place = joinPath(path, 'variants');
  const entries = Object.entries(requireObject(input, place)).map(([name, space]) => {
    const inner = { path: joinPath(place, name), depth: depth + 1, rule };
    const group = requireObject(space, inner.path);
    if (rule === 'new' && Object.hasOwn(group, 'type')) throw hidesVariant(inner.path);
    return [name, groupOf(group, inner)] as const;
  });
  return Object.freeze(Object.fromEntries(entries));
}

/** The path of an error of a function, `float.step` or `low`, as one in the space. */
function within(place: string, path: string, type: string): string {
  if (path === type) return place;
  return joinPath(place, path.startsWith(`${type}.`) ? path.slice(type.length + 1) : path);
}

/** `a.b` is how a parameter b in a group a is called. */
function requireName(name: string, path: string): void {
  if (name !== '' && !name.includes('.')) return;
  throw new ArgumentError({
    path,
    expected: 'a name of one character or more, none of them a dot',
    received: describeValue(name),
    remedy: name === '' ? '' : 'Nest it: { a: { b: float(0, 1) } } has the parameter a.b.',
  });
}

function hidesVariant(path: string): ArgumentError {
  return new ArgumentError({
    path: joinPath(path, 'type'),
    expected: 'another name, as the values of a variant have its own name as type',
    received: "a parameter called 'type'",
  });
}
