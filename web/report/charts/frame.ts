import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from 'd3-scale';
import { svg } from '../dom.js';
import type { Language } from '../language.js';

/** What charts with two axes of numbers stand in. */

export type NumberScale = ScaleContinuousNumeric<number, number>;

export interface Axis {
  readonly title: string;
  /** The smallest and the largest number. */
  readonly domain: readonly [number, number];
  readonly isLog?: boolean;
  /** Whether its numbers count something. */
  readonly isWhole?: boolean;
  /** Whether the ends are those of the domain, and not of round numbers around it. */
  readonly isExact?: boolean;
}

export interface Frame {
  readonly root: SVGSVGElement;
  /** Marks go here: what lies outside is cut off. */
  readonly plot: SVGGElement;
  readonly x: NumberScale;
  readonly y: NumberScale;
}

const margin = { top: 10, right: 16, bottom: 44, left: 64 };

/** Smallest and largest of numbers; a little room around a single one. */
export function domainOf(values: readonly (number | null)[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (low < high) return [low, high];
  const room = low === 0 ? 1 : Math.abs(low) / 2;
  return [low - room, high + room];
}

export function frame(
  size: { readonly width: number; readonly height: number },
  axes: { readonly x: Axis; readonly y: Axis },
  language: Language,
): Frame {
  const { width, height } = size;
  const right = width - margin.right;
  const bottom = height - margin.bottom;
  const x = scaleOf(axes.x).range([margin.left, right]);
  const y = scaleOf(axes.y).range([bottom, margin.top]);
  const plot = svg('g', {});
  const root = svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', class: 'chart' },
    svg(
      'g',
      { class: 'axis', 'aria-hidden': 'true' },
      ...ticksOf(y, axes.y, 6).flatMap((tick) => [
        svg('line', { x1: margin.left, x2: right, y1: y(tick), y2: y(tick) }),
        svg(
          'text',
          { x: margin.left - 8, y: y(tick) + 4, 'text-anchor': 'end' },
          language.number(tick),
        ),
      ]),
      ...ticksOf(x, axes.x, Math.max(3, Math.floor(width / 90))).flatMap((tick) => [
        svg('line', { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5 }),
        svg('text', { x: x(tick), y: bottom + 19, 'text-anchor': 'middle' }, language.number(tick)),
      ]),
      svg('line', { x1: margin.left, x2: right, y1: bottom, y2: bottom, class: 'base' }),
      svg(
        'text',
        { x: (margin.left + right) / 2, y: height - 6, 'text-anchor': 'middle', class: 'title' },
        axes.x.title,
      ),
      svg(
        'text',
        {
          transform: `translate(14 ${(margin.top + bottom) / 2}) rotate(-90)`,
          'text-anchor': 'middle',
          class: 'title',
        },
        axes.y.title,
      ),
    ),
    plot,
  );
  return { root, plot, x, y };
}

function scaleOf({ domain, isLog, isExact }: Axis): NumberScale {
  const scale = isLog ? scaleLog(domain, [0, 1]) : scaleLinear(domain, [0, 1]);
  return isExact ? scale : scale.nice();
}

function ticksOf(scale: NumberScale, { isWhole, isLog }: Axis, count: number): number[] {
  const ticks = scale.ticks(count).filter((tick) => !isWhole || Number.isInteger(tick));
  if (!isLog || ticks.length <= count) return ticks;
  // Of the many that a logarithm has, those of whole powers.
  const powers = ticks.filter((tick) => Math.abs(Math.log10(tick) % 1) < 1e-9);
  return powers.length >= 2 ? powers : ticks.filter((_, index) => index % 3 === 0);
}
