import { ownValue } from '../../checks.js';
import { keyOf } from '../combinations.js';
import { type Box, minimize } from '../numeric/lbfgs.js';
import type { SamplerContext } from '../sampler.js';
import type { SearchSpace } from '../searchSpace.js';
import type { Parameters } from '../trial.js';
import { triedKeys } from '../triedKeys.js';
import { candidatesIn } from './candidates.js';
import type { Coordinates } from './coordinates.js';
import {
  logExpectedImprovement,
  logExpectedImprovementWithGradient,
} from './expectedImprovement.js';
import type { GaussianProcess } from './gaussianProcess.js';
import type { TrialLoss } from './trialLosses.js';

/** The best candidates, from which an ascent begins, and of how many steps it is. */
const ascents = 4;
const ascentSteps = 20;
/** The best trials, around which there are candidates too. */
const centres = 4;

export interface Surrogate {
  readonly coordinates: Coordinates;
  readonly process: GaussianProcess;
  /** The trials that the process has learned from. */
  readonly known: readonly TrialLoss[];
  /** How many points are spread over the space. */
  readonly candidates: number;
}

/**
 * The parameters whose expected improvement is the greatest, as far as it is found: the best of many
 * candidates, of which the numbers of the first few are moved along the gradient. Empty when there is
 * nothing new left to suggest.
 */
export function mostImproving(
  context: SamplerContext,
  { coordinates, process, known, candidates }: Surrogate,
): Parameters {
  const { space, trials, fixed, random } = context;
  const target = lowestMean(process);
  const scored = (parameters: Parameters): Scored => {
    const point = coordinates.pointOf(parameters);
    return { parameters, point, score: logExpectedImprovement(process, target, point) };
  };
  const loss = (point: Float64Array) => {
    const { value, gradient } = logExpectedImprovementWithGradient(process, target, point);
    return { value: -value, gradient: gradient.map((slope) => -slope) };
  };
  const ascended = ({ parameters, point }: Scored) => {
    const box = boxOf(coordinates, { parameters, point }, fixed);
    const moved = coordinates.moved(parameters, minimize(loss, point, ascentSteps, box));
    // Steps and conditions may make other parameters of it.
    return scored(space.complete(moved, random));
  };
  const seen = triedKeys(space, trials);
  const ranked = ranking(candidatesIn(context, candidates, bestOf(known, centres)).map(scored));
  const first = firstNew(ranked, ascents, seen, space);
  const [best] = firstNew(ranking([...first, ...first.map(ascended)]), 1, seen, space);
  return best?.parameters ?? {};
}

interface Scored {
  readonly parameters: Parameters;
  readonly point: Float64Array;
  readonly score: number;
}

function ranking(scored: readonly Scored[]): Scored[] {
  return [...scored].sort((a, b) => b.score - a.score);
}

/** The first so many that no trial has had, none of them twice. */
function firstNew(
  ranked: readonly Scored[],
  count: number,
  seen: ReadonlySet<string>,
  space: SearchSpace,
): Scored[] {
  const found = new Map<string, Scored>();
  for (const one of ranked) {
    if (found.size === count) break;
    const key = keyOf(space, one.parameters);
    if (!seen.has(key) && !found.has(key)) found.set(key, one);
  }
  return [...found.values()];
}

function bestOf(known: readonly TrialLoss[], count: number): Parameters[] {
  return [...known]
    .sort((a, b) => a.loss - b.loss || a.trial.number - b.trial.number)
    .slice(0, count)
    .map(({ trial }) => trial.parameters);
}

/**
 * What has to be improved: the lowest mean at a point where a trial has been. The lowest target would
 * be that of the luckiest trial, where they are noisy.
 */
function lowestMean(process: GaussianProcess): number {
  const means = process.observations.points.map((point) => process.predict(point).mean);
  return means.reduce((lowest, mean) => Math.min(lowest, mean), Infinity);
}

/** Numbers may move over their whole range; all else stays where it is. */
function boxOf(
  { axes }: Coordinates,
  { parameters, point }: { readonly parameters: Parameters; readonly point: Float64Array },
  fixed: Parameters,
): Box {
  const moves = axes.map(({ name, domain }) => {
    const isFree = ownValue(fixed, name) === undefined;
    return domain.kind === 'number' && ownValue(parameters, name) !== undefined && isFree;
  });
  return {
    lower: point.map((value, axis) => (moves[axis] ? 0 : value)),
    upper: point.map((value, axis) => (moves[axis] ? 1 : value)),
  };
}
