import {
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  seedRule,
  withDefault,
} from '../../../checks.js';
import { StateError } from '../../../errors.js';
import { RandomStream } from '../../../random.js';
import { momentsOf } from '../../../statistics.js';
import { isComplete, lossOf } from '../../trial.js';
import { requireStudy } from '../../trialCheck.js';
import type { StudyRecord } from '../ranking.js';
import { samplesOf } from './samples.js';
import { growTree } from './tree.js';
import { TreeVariance } from './variance.js';

export interface ImportanceOptions {
  /**
   * Trees of the forest, at most 65,536.
   *
   * @default 64
   */
  readonly trees?: number | undefined;
  /**
   * Whether pairs are measured too; the time grows with the square of the parameters.
   *
   * @default false
   */
  readonly pairs?: boolean | undefined;
  /**
   * Values worse than this one count as this one: what matters where the results are good, and not what
   * makes a training diverge.
   *
   * @default none
   */
  readonly cutoff?: number | undefined;
  /**
   * Seed of the forest, 32 bits.
   *
   * @default 0
   */
  readonly seed?: number | undefined;
}

/** How much of the variance of the values a parameter explains, alone or with another one. */
export interface Importance {
  /** The path of the parameter; two of a pair. */
  readonly parameters: readonly string[];
  /** The share of the variance, from 0 to 1: the mean over the trees. */
  readonly importance: number;
  /** The standard deviation over the trees: how sure the forest is. */
  readonly deviation: number;
}

/**
 * Which parameters matter: fANOVA over the complete trials. A random forest learns the value as a
 * function of the parameters, and its variance over the whole space is taken apart: into what each
 * parameter explains alone (with all others averaged out), what pairs explain beyond that, and the
 * rest. Parameters count on their own scale (logarithms where it is one); one that is seldom active
 * can explain little.
 *
 * Source: Hutter, Hoos and Leyton-Brown, An Efficient Approach for Assessing Hyperparameter
 * Importance (2014).
 *
 * ```ts
 * const [first] = parameterImportance(study);
 * console.log(first?.parameters, first?.importance);
 * ```
 *
 * @returns the most important first; single ones and pairs in one list. They sum to at most 1.
 * @throws ArgumentError; StateError when fewer than two trials are complete.
 */
export function parameterImportance(
  study: StudyRecord,
  options: ImportanceOptions = {},
): Importance[] {
  requireStudy(study, ['space', 'trials', 'direction']);
  requireKnownKeys(requireObject(options, 'options'), ['trees', 'pairs', 'cutoff', 'seed'], '');
  const count = requireInteger(withDefault(options.trees, 64), 'trees', treesRule);
  const seed = requireInteger(withDefault(options.seed, 0), 'seed', seedRule);
  const withPairs = requireBoolean(withDefault(options.pairs, false), 'pairs');
  const { dimensions } = study.space;
  const forest = varianceOfForest(study, targetsOf(study, options.cutoff), count, seed);
  const singles = dimensions.map(({ name }, feature) =>
    importanceOf([name], forest, (tree) => tree.single(feature)),
  );
  const pairs = dimensions.flatMap((second, column) =>
    dimensions
      .slice(0, withPairs ? column : 0)
      .map((first, row) =>
        importanceOf([first.name, second.name], forest, (tree) => tree.pair(row, column)),
      ),
  );
  return [...singles, ...pairs].sort((a, b) => b.importance - a.importance);
}

const treesRule = { minimum: 1, maximum: 2 ** 16 };

/** The smaller the better, with a mean of 0: so that squares do not lose digits. */
function targetsOf({ trials, direction }: StudyRecord, cutoff: number | undefined): Float64Array {
  const worst =
    cutoff === undefined ? Infinity : lossOf(requireNumber(cutoff, 'cutoff'), direction);
  const complete = trials.filter(isComplete);
  if (complete.length < 2) {
    throw new StateError({
      path: 'study',
      expected: 'two or more complete trials',
      received: `${complete.length} of ${trials.length}`,
    });
  }
  const losses = complete.map(({ value }) => Math.min(lossOf(value, direction), worst));
  const { mean } = momentsOf(losses);
  return Float64Array.from(losses, (loss) => loss - mean);
}

function varianceOfForest(
  { trials, space: { dimensions } }: StudyRecord,
  targets: Float64Array,
  count: number,
  seed: number,
): TreeVariance[] {
  const complete = trials.filter(isComplete);
  return Array.from({ length: count }, (_, tree) => {
    const random = new RandomStream(seed, tree);
    const samples = samplesOf(complete, targets, dimensions, random);
    return new TreeVariance(growTree(samples, random), dimensions.length);
  });
}

function importanceOf(
  parameters: readonly string[],
  forest: readonly TreeVariance[],
  shareOf: (tree: TreeVariance) => number,
): Importance {
  const { mean, deviation } = momentsOf(forest.map(shareOf));
  return { parameters, importance: mean, deviation };
}
