import { ownValue } from '../../../checks.js';
import type { RandomStream } from '../../../random.js';
import type { Domain } from '../../domain.js';
import type { Dimension } from '../../searchSpace.js';
import type { CompleteTrial } from '../../trial.js';

/** What a forest learns from: trials as points of the unit cube. */
export interface Samples {
  readonly features: readonly Feature[];
  /** One for each trial. */
  readonly targets: Float64Array;
}

/** A parameter over all trials. */
export interface Feature {
  /** How many options there are, each an equal part of [0, 1); 0 for numbers. */
  readonly options: number;
  /** In [0, 1]; of options the middle of their part. */
  readonly coordinates: Float64Array;
}

/**
 * Parameters that are inactive get random values: the objective does not depend on them there, so
 * that a trial stands for all values that it might have had.
 */
export function samplesOf(
  trials: readonly CompleteTrial[],
  targets: Float64Array,
  dimensions: readonly Dimension[],
  random: RandomStream,
): Samples {
  const features = dimensions.map(({ name, domain }) => ({
    options: domain.kind === 'choice' ? domain.size : 0,
    coordinates: Float64Array.from(trials, ({ parameters }) => {
      const value = ownValue(parameters, name);
      return value === undefined ? randomCoordinate(domain, random) : domain.toUnit(value);
    }),
  }));
  return { features, targets };
}

function randomCoordinate(domain: Domain, random: RandomStream): number {
  if (domain.kind === 'number') return random.uniform();
  return (random.below(domain.size) + 0.5) / domain.size;
}
