import { type Direction, lossOf, type Report, type Trial } from '../trial.js';

/** What a trial has reported up to a step; steps that were NaN or infinite are left out. */
export interface CurveSoFar {
  /** How many values there are; the others say nothing where there are none. */
  readonly count: number;
  /** The smaller the better: the best value, the mean of all and the last one. */
  readonly best: number;
  readonly mean: number;
  readonly last: number;
}

/** Up to a step, this one included. The time it takes does not depend on how much was reported. */
export function summaryUntil(
  { reports }: Pick<Trial, 'reports'>,
  direction: Direction,
  step: number,
): CurveSoFar {
  const curve = curveOf(reports, direction);
  const count = firstIndex(curve.steps, (candidate) => candidate > step);
  if (count === 0) return { count, best: Infinity, mean: Number.NaN, last: Infinity };
  const [best = Infinity, sum = Number.NaN] = [curve.bests[count - 1], curve.sums[count - 1]];
  return { count, best, mean: sum / count, last: curve.losses[count - 1] ?? Infinity };
}

/** The first report at a step or behind it. */
export function firstReportFrom(reports: readonly Report[], step: number): Report | undefined {
  return reports[firstIndex(reports, (report) => report.step >= step)];
}

/** Of a list that only ever grows: all values up to each of them. */
interface Curve {
  /** The reports that it knows. */
  read: number;
  readonly steps: number[];
  readonly losses: number[];
  readonly bests: number[];
  readonly sums: number[];
}

/** This saves time, and changes nothing: reports are only ever added. */
const curves: Readonly<Record<Direction, WeakMap<readonly Report[], Curve>>> = {
  minimize: new WeakMap(),
  maximize: new WeakMap(),
};

function curveOf(reports: readonly Report[], direction: Direction): Curve {
  const known = curves[direction].get(reports);
  const curve =
    known !== undefined && known.read <= reports.length
      ? known
      : { read: 0, steps: [], losses: [], bests: [], sums: [] };
  if (curve !== known) curves[direction].set(reports, curve);
  for (; curve.read < reports.length; curve.read++) add(curve, reports[curve.read], direction);
  return curve;
}

function add(curve: Curve, report: Report | undefined, direction: Direction): void {
  if (report === undefined || report.value === null) return;
  const loss = lossOf(report.value, direction);
  curve.steps.push(report.step);
  curve.losses.push(loss);
  curve.bests.push(Math.min(curve.bests.at(-1) ?? Infinity, loss));
  curve.sums.push((curve.sums.at(-1) ?? 0) + loss);
}

/** Of a list whose later items all hold where one does; its length where none does. */
function firstIndex<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(items[middle] as Item)) to = middle;
    else from = middle + 1;
  }
  return from;
}
