import { requireInteger, requireKnownKeys, requireObject, withDefault } from '../../checks.js';
import { Coordinates } from '../models/coordinates.js';
import {
  GaussianProcess,
  type Hyperparameters,
  type Observations,
} from '../models/gaussianProcess.js';
import { fitHyperparameters } from '../models/gaussianProcessFit.js';
import { mostImproving } from '../models/mostImproving.js';
import { lossesOf, mostInformative, standardised, type TrialLoss } from '../models/trialLosses.js';
import { defineSampler, manyRule, type Sampler } from '../sampler.js';
import type { SearchSpace } from '../searchSpace.js';
import { sobolSampler } from './sobol.js';

export interface GaussianProcessOptions {
  /**
   * Trials of a Sobol sequence, before there is anything to learn from.
   *
   * @default 10
   */
  readonly startupTrials?: number | undefined;
  /**
   * How many points of the space are looked at for each suggestion, at most 2^20.
   *
   * @default 256
   */
  readonly candidates?: number | undefined;
  /**
   * The most trials that the model learns from, as the time it takes grows with the cube of them: the
   * best half and the newest of the rest.
   *
   * @default 200
   */
  readonly modelTrials?: number | undefined;
}

const counts = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const modelSizes = { minimum: 2, maximum: 2000 };
/** More trials than this do not run at the same time; the older ones were given up. */
const mostRunning = 64;

/**
 * Bayesian optimisation by a Gaussian process with a Matérn 5/2 kernel (Snoek et al. 2012): a model of
 * the value with a length scale for each parameter, which are the likeliest given the trials, and of
 * all points the one whose expected improvement is the greatest.
 *
 * Trials that still run count with the value that the model expects of them. Those that failed count
 * as the worst, those that were pruned by their last report, but as no better than the median. Of a
 * space that has a last combination, none is suggested again while others are left.
 *
 * ```ts
 * const study = new Study({ space, sampler: gaussianProcessSampler({ startupTrials: 12 }) });
 * ```
 *
 * @throws ArgumentError
 */
export function gaussianProcessSampler(options: GaussianProcessOptions = {}): Sampler {
  const path = 'gaussianProcessSampler';
  const keys = ['startupTrials', 'candidates', 'modelTrials'];
  requireKnownKeys(requireObject(options, path), keys, path);
  const { startupTrials, candidates, modelTrials } = {
    startupTrials: requireInteger(
      withDefault(options.startupTrials, 10),
      `${path}.startupTrials`,
      counts,
    ),
    candidates: requireInteger(
      withDefault(options.candidates, 256),
      `${path}.candidates`,
      manyRule,
    ),
    modelTrials: requireInteger(
      withDefault(options.modelTrials, 200),
      `${path}.modelTrials`,
      modelSizes,
    ),
  };
  const startup = sobolSampler();
  const learned = rememberingTheLast(fitTo);
  return defineSampler('gaussianProcess', { startupTrials, candidates, modelTrials }, (context) => {
    const { space, trials, direction } = context;
    const informative = trials.filter(({ state }) => state === 'complete' || state === 'pruned');
    const coordinates = new Coordinates(space);
    if (informative.length < Math.max(startupTrials, 1) || coordinates.axes.length === 0) {
      return startup.suggest(context);
    }
    const losses = lossesOf(trials, direction);
    const known = mostInformative(losses, modelTrials);
    const hyperparameters = learned(space, mostInformative(settledPart(losses), modelTrials));
    const running = trials.filter(({ state }) => state === 'running').slice(-mostRunning);
    const process = new GaussianProcess(
      observationsOf(coordinates, known),
      hyperparameters,
    ).believing(running.map(({ parameters }) => coordinates.pointOf(parameters)));
    return mostImproving(context, { coordinates, process, known, candidates });
  });
}

/**
 * What the hyper-parameters are learned from: of the first trials all, later only as many as make a
 * twentieth more, since the fit is what takes the time.
 */
function settledPart(losses: readonly TrialLoss[]): readonly TrialLoss[] {
  const step = Math.max(1, Math.floor(losses.length / 20));
  return losses.slice(0, losses.length - (losses.length % step));
}

function observationsOf(coordinates: Coordinates, known: readonly TrialLoss[]): Observations {
  return {
    kinds: coordinates.kinds,
    points: known.map(({ trial }) => coordinates.pointOf(trial.parameters)),
    targets: standardised(known.map(({ loss }) => loss)),
  };
}

type Fit = (space: SearchSpace, known: readonly TrialLoss[]) => Hyperparameters;

function fitTo(space: SearchSpace, known: readonly TrialLoss[]): Hyperparameters {
  return fitHyperparameters(observationsOf(new Coordinates(space), known));
}

/** Gives the last result again to the same arguments: this saves time, and changes nothing else. */
function rememberingTheLast(learn: Fit): Fit {
  let last: { space: SearchSpace; known: readonly TrialLoss[]; result: Hyperparameters } | null =
    null;
  return (space, known) => {
    if (last?.space === space && areSame(last.known, known)) return last.result;
    const result = learn(space, known);
    last = { space, known, result };
    return result;
  };
}

function areSame(left: readonly TrialLoss[], right: readonly TrialLoss[]): boolean {
  if (left.length !== right.length) return false;
  return left.every(({ trial, loss }, index) => {
    return trial === right[index]?.trial && loss === right[index].loss;
  });
}
