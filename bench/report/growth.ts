import { type GrowthSeries, growthSeries } from '../growthCards.js';
import type { GrowthResult, Report } from '../suite/results.js';
import { count, duration, significant, table } from './format.js';

/** How the time of an epoch grows with its work, a row for each thing that grows. */
export function growthSection(report: Report, chart: (name: string) => string): string {
  const rows = growthSeries.flatMap((series) => rowOf(series, pointsOf(report, series)));
  if (rows.length === 0) return '';
  const head = ['what grows', 'from', 'to', 'time of an epoch', 'at the end', 'slope'];
  const text =
    'Seconds of an epoch of layerwise on one thread, batches of 128 rows, while one thing grows. The slope ' +
    'is that of the logarithm of the time over the logarithm of the operations, by least squares: 1 where ' +
    'the time grows as the work does, below 1 where the small ones pay for what is not arithmetic.';
  return `${chart('growth')}\n\n${text}\n\n${table(head, rows)}`;
}

export function pointsOf({ growth = [] }: Partial<Report>, { name }: GrowthSeries): GrowthResult[] {
  return growth.filter((result) => result.series === name).sort((a, b) => a.size - b.size);
}

function rowOf(series: GrowthSeries, points: readonly GrowthResult[]): string[][] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 2) return [];
  return [
    [
      series.what,
      count(first.size),
      count(last.size),
      `${duration(first.seconds)} to ${duration(last.seconds)}`,
      `${significant(last.operations / last.seconds / 1e9)} GFLOP/s`,
      slope(points).toFixed(2),
    ],
  ];
}

/** Least squares in logarithms. NaN for less than two amounts of work. */
export function slope(
  points: readonly { readonly operations: number; readonly seconds: number }[],
): number {
  const x = points.map(({ operations }) => Math.log(operations));
  const y = points.map(({ seconds }) => Math.log(seconds));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [centerX, centerY] = [mean(x), mean(y)];
  const above = x.reduce((sum, value, i) => sum + (value - centerX) * ((y[i] ?? 0) - centerY), 0);
  return above / x.reduce((sum, value) => sum + (value - centerX) ** 2, 0);
}
