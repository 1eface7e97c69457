import {
  ownValue,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../../checks.js';
import { RandomStream } from '../../random.js';
import type { NumberDomain } from '../domain.js';
import {
  type CmaState,
  defaultPopulation,
  deviationsOf,
  initialState,
  nextState,
  samplePoint,
} from '../models/cmaEs.js';
import { defineSampler, type Sampler, type SamplerContext } from '../sampler.js';
import type { SearchSpace } from '../searchSpace.js';
import { type Direction, isComplete, lossOf, type Trial } from '../trial.js';

export interface CmaEsOptions {
  /**
   * Trials in a generation, 3 or more.
   *
   * @default 4 + ⌊3 · ln(number of parameters)⌋
   */
  readonly populationSize?: number | undefined;
  /**
   * The first standard deviation, as a share of each range.
   *
   * @default 0.3
   */
  readonly stepSize?: number | undefined;
}

const sizes = { minimum: 3, maximum: 2 ** 20 };
const shares = { minimum: 0, minimumExclusive: true };

/**
 * CMA-ES (Hansen 2016): a normal distribution from which the trials are drawn, and which each
 * generation of them moves, stretches and turns. It starts in the middle of the space; when it has
 * shrunk to a point, or finds all trials equal, it starts anew somewhere else with generations of
 * twice the size (Auger and Hansen 2005).
 *
 * It knows numbers alone: choices, variants and parameters with conditions are drawn at random. Trials
 * that were pruned or failed count as the worst of their generation. Those still running count later.
 *
 * ```ts
 * const study = new Study({ space, sampler: cmaEsSampler() });
 * ```
 *
 * @throws ArgumentError
 */
export function cmaEsSampler(options: CmaEsOptions = {}): Sampler {
  requireKnownKeys(
    requireObject(options, 'cmaEsSampler'),
    ['populationSize', 'stepSize'],
    'cmaEsSampler',
  );
  const populationSize =
    options.populationSize === undefined
      ? null
      : requireInteger(options.populationSize, 'cmaEsSampler.populationSize', sizes);
  const stepSize = requireNumber(
    withDefault(options.stepSize, 0.3),
    'cmaEsSampler.stepSize',
    shares,
  );
  const memory: Memory = new WeakMap();
  return defineSampler('cmaEs', { populationSize, stepSize }, (context) => {
    const axes = axesOf(context.space);
    if (axes.length === 0) return {};
    const population = populationSize ?? defaultPopulation(axes.length);
    const state = stateAfter(context, axes, { population, stepSize }, memory);
    const point = pointWithin(state, axes, context.random);
    const suggested = axes.map(({ name, domain }, index) => {
      return [name, domain.fromUnit(point[index] ?? 0.5)] as const;
    });
    return Object.fromEntries(suggested);
  });
}

interface Axis {
  readonly name: string;
  readonly domain: NumberDomain;
}

/** The parameters that are numbers, always active, and of more than one value. */
function axesOf({ dimensions }: SearchSpace): Axis[] {
  return dimensions.flatMap(({ name, domain, requirements }) => {
    const varies = domain.kind === 'number' && domain.size > 1 && requirements.length === 0;
    return varies ? [{ name, domain }] : [];
  });
}

interface Beginning {
  readonly population: number;
  readonly stepSize: number;
}

/** What has been learned from all trials up to one of them, none of which runs any more. */
interface Learned {
  readonly state: CmaState;
  readonly restarts: number;
  readonly count: number;
  readonly last: Trial | undefined;
  readonly direction: Direction;
  readonly seed: number;
}

/** This saves time, and changes nothing: trials that have ended do not change. */
type Memory = WeakMap<SearchSpace, Learned>;

/** Learns from the generations that are new, as far as it remembers the others. */
function stateAfter(
  { trials, direction, seed, space }: SamplerContext,
  axes: readonly Axis[],
  { population, stepSize }: Beginning,
  memory: Memory,
): CmaState {
  const known = memory.get(space);
  const start = isStartOf(known, trials, direction, seed) ? known : null;
  let restarts = start?.restarts ?? 0;
  const middle = new Float64Array(axes.length).fill(0.5);
  let state = start?.state ?? initialState(middle, stepSize, population);
  let generation: Trial[] = [];
  let hasEnded = true;
  for (let count = start?.count ?? 0; count < trials.length; count++) {
    const trial = trials[count] as Trial;
    if (trial.state === 'running') {
      hasEnded = false;
      continue;
    }
    generation.push(trial);
    if (generation.length < state.population) continue;
    const losses = generation.map((one) =>
      isComplete(one) ? lossOf(one.value, direction) : Infinity,
    );
    state = learn(state, generation, losses, axes);
    generation = [];
    if (isExhausted(state, losses)) {
      restarts++;
      const random = new RandomStream(seed, restarts, restartKey);
      const mean = Float64Array.from(axes, () => random.uniform());
      state = initialState(mean, stepSize, 2 * state.population);
    }
    // A trial that runs will belong to another generation than those behind it do now.
    if (!hasEnded) continue;
    memory.set(space, { state, restarts, count: count + 1, last: trial, direction, seed });
  }
  return state;
}

function isStartOf(
  learned: Learned | undefined,
  trials: readonly Trial[],
  direction: Direction,
  seed: number,
): learned is Learned {
  if (learned === undefined || trials[learned.count - 1] !== learned.last) return false;
  return learned.direction === direction && learned.seed === seed;
}

/** Tells the streams of restarts from those of trials. */
const restartKey = 0x636d61;

function learn(
  state: CmaState,
  generation: readonly Trial[],
  losses: readonly number[],
  axes: readonly Axis[],
): CmaState {
  const good = losses.filter(Number.isFinite).length;
  if (good === 0) return state;
  const order = [...losses.keys()].sort((a, b) => compare(losses[a] ?? NaN, losses[b] ?? NaN));
  const points = order.map((index) => {
    const parameters = generation[index]?.parameters ?? {};
    return Float64Array.from(axes, ({ name, domain }) =>
      domain.toUnit(ownValue(parameters, name) ?? null),
    );
  });
  return nextState(state, points, good);
}

/** Also of infinities, whose difference is no number. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isExhausted(state: CmaState, losses: readonly number[]): boolean {
  const isFlat = losses.every((loss) => loss === losses[0]);
  return isFlat || Math.max(...deviationsOf(state)) < 1e-6;
}

/** Draws until a point lies in the space; if that is hopeless, takes the nearest that does. */
function pointWithin(state: CmaState, axes: readonly Axis[], random: RandomStream): Float64Array {
  const blurs = blursOf(state, axes);
  let point = state.mean;
  for (let attempt = 0; attempt < 100; attempt++) {
    point = samplePoint(state, random).map((value, index) => {
      const blur = blurs[index] ?? 0;
      return blur > 0 ? value + blur * random.normal() : value;
    });
    if (point.every((value) => value >= 0 && value <= 1)) break;
  }
  return point;
}

/**
 * What must be added to the deviations so that a parameter with steps leaves its bin at times: a
 * distribution that has shrunk below a bin would see the same values for ever (Hansen 2011, "A CMA-ES
 * for mixed-integer nonlinear optimization").
 */
function blursOf(state: CmaState, axes: readonly Axis[]): number[] {
  const deviations = deviationsOf(state);
  return axes.map(({ domain }, index) => {
    const bin = domain.binWidthAt(Number(domain.fromUnit(state.mean[index] ?? 0.5)));
    return Math.sqrt(Math.max(0, (0.3 * bin) ** 2 - (deviations[index] ?? 0) ** 2));
  });
}
