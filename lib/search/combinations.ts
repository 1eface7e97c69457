import { ownValue } from '../checks.js';
import type { JsonValue } from '../model/json.js';
import type { SearchSpace } from './searchSpace.js';
import type { Parameters } from './trial.js';

/**
 * Every combination of values, one list of them for each dimension; the last dimension changes
 * fastest. A conditional one multiplies only the combinations in which it is active.
 */
export function* combinationsOf(
  space: SearchSpace,
  values: readonly (readonly JsonValue[])[],
  parameters: Parameters = {},
  depth = 0,
): Generator<Parameters> {
  const dimension = space.dimensions[depth];
  if (!dimension) {
    yield parameters;
  } else if (!space.isActive(dimension, parameters)) {
    yield* combinationsOf(space, values, parameters, depth + 1);
  } else {
    for (const value of values[depth] ?? []) {
      const longer = { ...parameters, [dimension.name]: value };
      yield* combinationsOf(space, values, longer, depth + 1);
    }
  }
}

/** The same text for equal values, and for them alone. */
export function keyOf({ dimensions }: SearchSpace, parameters: Parameters): string {
  return JSON.stringify(dimensions.map(({ name }) => ownValue(parameters, name)));
}
