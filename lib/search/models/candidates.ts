import { ownValue } from '../../checks.js';
import type { JsonValue } from '../../model/json.js';
import type { RandomStream } from '../../random.js';
import { combinationsOf } from '../combinations.js';
import type { Domain } from '../domain.js';
import { scrambledSobol, sobolDimensions } from '../numeric/sobol.js';
import type { SamplerContext } from '../sampler.js';
import type { SearchSpace } from '../searchSpace.js';
import type { Parameters } from '../trial.js';

/**
 * What may be tried next: complete parameters, with what is fixed. All combinations of a space that
 * has few of them; otherwise points that are spread over it, and neighbours of good ones.
 *
 * @param spread how many points are spread over the space.
 * @param centres the best parameters so far.
 */
export function candidatesIn(
  context: SamplerContext,
  spread: number,
  centres: readonly Parameters[],
): Parameters[] {
  const { space, fixed, random } = context;
  const all = combinationsIn(context, smallSpace);
  if (all !== null) return all;
  const suggestions = [...spreadOver(context, spread), ...neighboursOf(context, centres)];
  return suggestions.map((one) => space.complete({ ...one, ...fixed }, random));
}

/** A space of no more combinations than this is looked at in full. */
const smallSpace = 1024;

/** Null where there are more than `limit`. */
function combinationsIn({ space, fixed }: SamplerContext, limit: number): Parameters[] | null {
  if (space.dimensions.some(({ domain }) => domain.size > limit)) return null;
  const values = space.dimensions.map(({ name, domain }) => {
    const settled = ownValue(fixed, name);
    return settled === undefined ? valuesOf(domain) : [settled];
  });
  const combinations: Parameters[] = [];
  for (const combination of combinationsOf(space, values)) {
    if (combinations.length === limit) return null;
    combinations.push(combination);
  }
  return combinations;
}

function valuesOf(domain: Domain): JsonValue[] {
  return Array.from({ length: domain.size }, (_, index) => domain.at(index));
}

/** Points of a scrambled Sobol sequence, another one each time. */
function spreadOver({ space, random }: SamplerContext, count: number): Parameters[] {
  const key = random.bits();
  return Array.from({ length: count }, (_, index) => {
    const values = space.dimensions.map(({ name, domain }, dimension) => {
      const isKnown = dimension < sobolDimensions;
      const unit = isKnown ? scrambledSobol(index, dimension, key) : random.uniform();
      return [name, domain.fromUnit(unit)] as const;
    });
    return Object.fromEntries(values);
  });
}

/** How many candidates there are around each of the best. */
const neighbours = 16;

function neighboursOf(
  { space, random }: SamplerContext,
  centres: readonly Parameters[],
): Parameters[] {
  return centres.flatMap((centre) =>
    Array.from({ length: neighbours }, (_, index) => {
      return neighbourOf(centre, space, widths[index % widths.length] ?? 0, random);
    }),
  );
}

/** Standard deviations of the steps to neighbours, as shares of the range. */
const widths = [0.01, 0.03, 0.1, 0.3];

/** About half of the values are changed. */
function neighbourOf(
  centre: Parameters,
  { dimensions }: SearchSpace,
  width: number,
  random: RandomStream,
): Parameters {
  const share = dimensions.length === 1 ? 1 : 0.5;
  const values = dimensions.map(({ name, domain }) => {
    const value = ownValue(centre, name);
    if (value === undefined || random.uniform() >= share) return [name, value] as const;
    return [name, stepFrom(value, domain, width, random)] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Parameters;
}

function stepFrom(
  value: JsonValue,
  domain: Domain,
  width: number,
  random: RandomStream,
): JsonValue {
  if (domain.kind === 'choice') return domain.fromUnit(random.uniform());
  // Of a step at least, where there are any.
  const deviation = Math.max(width, domain.binWidthAt(Number(value)));
  return domain.fromUnit(domain.toUnit(value) + deviation * random.normal());
}
