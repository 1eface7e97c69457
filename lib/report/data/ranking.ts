import { prAuc, rankingSteps, rocAuc } from '../../metrics/probability.js';
import type { Point, RankingCurves } from '../reportData.js';
import { thinned } from './thinned.js';

/** More points no screen tells apart. */
const mostPoints = 300;

/**
 * How well scores tell rows with the label 1 from the others, at every threshold.
 *
 * @returns null where all rows have the same label: then there is nothing to tell apart.
 */
export function rankingCurves(
  scores: Float64Array,
  labels: readonly number[],
): RankingCurves | null {
  const steps = rankingSteps(scores, labels);
  const { positives: all = 0, negatives: others = 0 } = steps.at(-1) ?? {};
  if (all === 0 || others === 0) return null;
  const shown = thinned(steps.length, mostPoints).flatMap((index) => steps[index] ?? []);
  const roc = shown.map(({ positives, negatives }): Point => [negatives / others, positives / all]);
  const pr = shown.map(
    ({ positives, negatives }): Point => [positives / all, positives / (positives + negatives)],
  );
  return {
    rocAuc: rocAuc(scores, labels),
    prAuc: prAuc(scores, labels),
    roc: [[0, 0], ...roc],
    pr: [[0, pr[0]?.[1] ?? 1], ...pr],
  };
}
