import type { Histogram } from '../../../lib/report/reportData.js';
import { svg } from '../dom.js';
import type { Drawing } from '../figure.js';
import type { Language } from '../language.js';
import type { TableContent } from '../table.js';
import { type Axis, frame } from './frame.js';

/** Histograms: how many lie in each bin, of one set of numbers or of two over each other. */

export interface BarsContent {
  readonly sets: readonly BarSet[];
  readonly x: string;
  readonly y: string;
  /** A line across, at some x. */
  readonly guide?: { readonly x: number; readonly label: string } | undefined;
  readonly ratio?: number;
}

export interface BarSet {
  readonly label: string;
  /** Classes of the style sheet. */
  readonly series: string;
  readonly histogram: Histogram;
}

export function bars(content: BarsContent, width: number, language: Language): Drawing {
  const { sets, guide } = content;
  const ends = sets.flatMap(({ histogram: { from, to } }) => [from, to]);
  const x: Axis = {
    title: content.x,
    isExact: true,
    domain: [Math.min(...ends), Math.max(...ends, guide?.x ?? Number.NEGATIVE_INFINITY)],
  };
  const most = Math.max(1, ...sets.flatMap(({ histogram }) => histogram.counts));
  const y: Axis = { title: content.y, isWhole: true, domain: [0, most] };
  const height = Math.max(220, Math.min(380, Math.round(width * (content.ratio ?? 0.45))));
  const drawn = frame({ width, height }, { x, y }, language);
  const marks = sets.flatMap(({ label, series, histogram }) =>
    histogram.counts.map((count, bin) => {
      const [from, to] = endsOf(histogram, bin);
      const [left, right, top] = [drawn.x(from), drawn.x(to), drawn.y(count)];
      if (count > 0) {
        drawn.plot.append(
          svg('rect', {
            x: left + 0.5,
            y: top,
            width: Math.max(1, right - left - 1),
            // What is rare is seen, however much there is of the rest.
            height: Math.max(1.5, drawn.y(0) - top),
            class: `area ${series}`,
          }),
        );
      }
      const range = `${language.number(from)} – ${language.number(to)}`;
      return { x: (left + right) / 2, y: top, text: `${label} ${range}: ${language.count(count)}` };
    }),
  );
  if (guide !== undefined) {
    const at = drawn.x(guide.x);
    const isLeft = at > width / 2;
    const [bottom = 0, top = 0] = drawn.y.range();
    drawn.plot.append(
      svg('line', { x1: at, x2: at, y1: bottom, y2: top, class: 'guide' }),
      svg(
        'text',
        {
          x: at + (isLeft ? -5 : 5),
          y: top + 12,
          'text-anchor': isLeft ? 'end' : 'start',
          class: 'guide-label',
        },
        guide.label,
      ),
    );
  }
  return { root: drawn.root, marks };
}

function endsOf({ from, to, counts }: Histogram, bin: number): [number, number] {
  const step = (to - from) / counts.length;
  return [from + bin * step, from + (bin + 1) * step];
}

/** The bins, and what lies beyond them. */
export function barsTable(sets: readonly BarSet[], x: string): TableContent {
  const [first] = sets;
  if (first === undefined) return { head: [], rows: [] };
  const { from, to, counts } = first.histogram;
  const row = (least: number | null, most: number | null, of: (one: Histogram) => number) => [
    least,
    most,
    ...sets.map(({ histogram }) => of(histogram)),
  ];
  const beyond = (which: 'below' | 'above') => sets.some(({ histogram }) => histogram[which] > 0);
  return {
    head: [`${x} ≥`, `${x} <`, ...sets.map(({ label }) => label)],
    rows: [
      ...(beyond('below') ? [row(null, from, ({ below }) => below)] : []),
      ...counts.map((_, bin) =>
        row(...endsOf(first.histogram, bin), (one) => one.counts[bin] ?? 0),
      ),
      ...(beyond('above') ? [row(to, null, ({ above }) => above)] : []),
    ],
  };
}
