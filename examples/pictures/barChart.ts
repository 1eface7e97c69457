import { scaleLinear } from 'd3-scale';
import { type LegendEntry, legend, legendLine, legendLines, verticalAxis } from './axes.ts';
import { colors, type Drawing, element, text } from './svg.ts';

/** Groups of upright bars. */

export interface BarSeries extends LegendEntry {
  /** One for each group. */
  readonly values: readonly number[];
}

export interface BarChart {
  readonly title: string;
  /** What stands below each group. */
  readonly groups: readonly string[];
  readonly series: readonly BarSeries[];
  /** What the bars measure. */
  readonly label: string;
  /** Of the axis; bars begin at `low`. Default from 0 to the largest value. */
  readonly range?: readonly [low: number, high: number];
}

const left = 84;
const plotHeight = 246;

export function barChart({ title, groups, series, label, range }: BarChart): Drawing {
  const width = Math.max(560, left + 24 + groups.length * (series.length * 16 + 18));
  const right = width - 24;
  const top = 82 + (legendLines(series, left, right) - 1) * legendLine;
  const area = { left, right, top, bottom: top + plotHeight };
  const [low, high] = range ?? [0, Math.max(...series.flatMap(({ values }) => values))];
  const scale = scaleLinear([low, high], [area.bottom, area.top]);
  const step = (right - left) / groups.length;
  const bar = (step - 18) / series.length;
  const bars = series.flatMap(({ values, color }, place) =>
    values.map((value, group) => {
      const y = scale(Math.min(Math.max(value, low), high));
      const x = left + group * step + 9 + place * bar;
      return element('rect', { x, y, width: bar - 2, height: area.bottom - y, fill: color });
    }),
  );
  const names = groups.map((group, index) =>
    text(group, left + (index + 0.5) * step, area.bottom + 22, {
      fill: colors.muted,
      'text-anchor': 'middle',
    }),
  );
  const parts = [
    text(title, left, 36, { 'font-size': 18, 'font-weight': 600 }),
    legend(series, left, right, 60),
    verticalAxis(area, { scale, ticks: scale.ticks(6), label }),
    ...bars,
    ...names,
  ];
  return { content: parts.join(''), width, height: area.bottom + 40 };
}
