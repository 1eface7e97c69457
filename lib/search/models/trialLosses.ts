import { type Direction, isComplete, lossOf, type Trial } from '../trial.js';

/** A trial that has ended, and what a model is told of it: the smaller, the better. */
export interface TrialLoss {
  readonly trial: Trial;
  readonly loss: number;
}

/**
 * A loss for every trial that has ended, also for those without a value. One that failed counts as
 * the worst complete one. One that was pruned counts as its last report says, but as no better than
 * the median of the complete ones, nor worse than the worst; without a report, as the worst.
 */
export function lossesOf(trials: readonly Trial[], direction: Direction): TrialLoss[] {
  const values = trials.filter(isComplete).map(({ value }) => lossOf(value, direction));
  values.sort((a, b) => a - b);
  const worst = values.at(-1) ?? 0;
  const median = values[values.length >> 1] ?? worst;
  return trials
    .filter(({ state }) => state !== 'running')
    .map((trial) => {
      if (isComplete(trial)) return { trial, loss: lossOf(trial.value, direction) };
      const reported = trial.state === 'pruned' ? trial.reports.at(-1)?.value : null;
      const loss = typeof reported === 'number' ? lossOf(reported, direction) : worst;
      return { trial, loss: Math.min(Math.max(loss, median), worst) };
    });
}

/**
 * At most so many: the best half and the newest of the rest, in the order of their numbers. The model
 * has to be good where the best trials are, and must notice what the newest have found.
 */
export function mostInformative(losses: readonly TrialLoss[], count: number): TrialLoss[] {
  if (losses.length <= count) return [...losses];
  const ranked = [...losses].sort((a, b) => a.loss - b.loss || a.trial.number - b.trial.number);
  const best = new Set(ranked.slice(0, count >> 1));
  const others = losses.filter((one) => !best.has(one));
  const newest = new Set(others.slice(others.length - (count - best.size)));
  return losses.filter((one) => best.has(one) || newest.has(one));
}

/**
 * With mean 0 and variance 1. Losses that are far worse than the median, as those of trainings that
 * diverge, are cut off before: a model that had to explain them would see no difference between the
 * good ones.
 */
export function standardised(losses: readonly number[]): Float64Array {
  const size = losses.length;
  // Numbers near the largest that there are would overflow.
  const largest = losses.reduce((most, loss) => Math.max(most, Math.abs(loss)), 0) || 1;
  const scaled = Float64Array.from(losses, (loss) => loss / largest);
  const sorted = Float64Array.from(scaled).sort();
  const [best = 0, median = 0] = [sorted[0], sorted[size >> 1]];
  const limit = median > best ? median + farWorse * (median - best) : Infinity;
  const cut = scaled.map((loss) => Math.min(loss, limit));
  const mean = cut.reduce((sum, loss) => sum + loss, 0) / size;
  const variance = cut.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / size;
  const deviation = Math.sqrt(variance);
  return cut.map((loss) => (deviation > 0 ? (loss - mean) / deviation : 0));
}

/** Cut off are losses that are this many times further above the median than it is above the best. */
const farWorse = 3;
