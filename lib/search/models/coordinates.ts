import { ownValue } from '../../checks.js';
import type { JsonValue } from '../../model/json.js';
import type { Domain } from '../domain.js';
import { at } from '../numeric/cholesky.js';
import type { Dimension, SearchSpace } from '../searchSpace.js';
import type { Parameters } from '../trial.js';
import type { AxisKind } from './matern.js';

/** Where a number lies that has no value, as its conditions do not hold: in the middle. */
const inactiveNumber = 0.5;
/** An inactive parameter with options: an option of its own. */
const inactiveOption = -1;

/**
 * The parameters of a space as points of as many axes: a number by the coordinate of its domain in
 * [0, 1], a choice by the index of its option. Parameters of one value have no axis.
 */
export class Coordinates {
  readonly axes: readonly Dimension[];
  readonly kinds: readonly AxisKind[];

  constructor({ dimensions }: SearchSpace) {
    this.axes = dimensions.filter(({ domain }) => domain.size > 1);
    this.kinds = this.axes.map(({ domain }) => (domain.kind === 'number' ? 'number' : 'options'));
  }

  pointOf(parameters: Parameters): Float64Array {
    return Float64Array.from(this.axes, ({ name, domain }) =>
      coordinateOf(ownValue(parameters, name), domain),
    );
  }

  /** The parameters with the numbers of a point; all others stay as they are. */
  moved(parameters: Parameters, point: Float64Array): Parameters {
    const numbers = this.axes.flatMap(({ name, domain }, axis) => {
      const isNumber = domain.kind === 'number' && ownValue(parameters, name) !== undefined;
      return isNumber ? [[name, domain.fromUnit(at(point, axis))] as const] : [];
    });
    return { ...parameters, ...Object.fromEntries(numbers) };
  }
}

function coordinateOf(value: JsonValue | undefined, domain: Domain): number {
  if (domain.kind === 'number') return value === undefined ? inactiveNumber : domain.toUnit(value);
  return value === undefined ? inactiveOption : domain.indexOf(value);
}
