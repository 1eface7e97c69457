import { svg } from '../dom.js';
import type { Drawing } from '../figure.js';
import type { Language } from '../language.js';
import { type Axis, domainOf, frame } from './frame.js';

/** Points by two numbers. */

export interface ShownPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Classes of the style sheet. */
  readonly series: string;
}

export interface PointsContent {
  readonly points: readonly ShownPoint[];
  readonly x: Omit<Axis, 'domain'>;
  readonly y: Omit<Axis, 'domain'>;
  /** Whether both axes have the same ends, and a line of x = y. */
  readonly isSquare?: boolean;
  /** A line in steps: `[x, y]` from which on it is so. */
  readonly steps?: readonly (readonly [number, number])[];
  readonly ratio?: number;
}

export function points(content: PointsContent, width: number, language: Language): Drawing {
  const { isSquare = false, ratio = 0.5 } = content;
  const xs = content.points.map(({ x }) => x);
  const ys = content.points.map(({ y }) => y);
  const both = domainOf([...xs, ...ys]);
  const height = Math.max(240, Math.min(480, Math.round(width * ratio)));
  const axes = {
    x: { ...content.x, domain: isSquare ? both : domainOf(xs) },
    y: { ...content.y, domain: isSquare ? both : domainOf(ys) },
  };
  const { root, plot, x, y } = frame({ width, height }, axes, language);
  if (isSquare) {
    const [from = 0, to = 1] = x.domain();
    plot.append(svg('line', { x1: x(from), y1: y(from), x2: x(to), y2: y(to), class: 'guide' }));
  }
  const marks = content.points.map((point) => ({ x: x(point.x), y: y(point.y), text: point.text }));
  const isMany = marks.length > 150;
  for (const [index, mark] of marks.entries()) {
    const series = `dot ${isMany ? 'many ' : ''}${content.points[index]?.series}`;
    plot.append(svg('circle', { cx: mark.x, cy: mark.y, r: isMany ? 2.5 : 3.5, class: series }));
  }
  const { steps = [] } = content;
  if (steps.length > 0) {
    const [, end = 0] = x.range();
    const parts = steps.map(([at, value], index) =>
      index === 0 ? `M${x(at)},${y(value)}` : `H${x(at)}V${y(value)}`,
    );
    plot.append(svg('path', { d: `${parts.join('')}H${end}`, class: 'line s1' }));
  }
  return { root, marks: [...marks].sort((a, b) => a.x - b.x) };
}
