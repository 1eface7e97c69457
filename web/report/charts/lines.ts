import { line } from 'd3-shape';
import { svg } from '../dom.js';
import type { Drawing, Mark } from '../figure.js';
import type { Language } from '../language.js';
import { type Axis, domainOf, frame } from './frame.js';

/** Lines over one axis. */

export interface LineSeries {
  readonly label: string;
  /** A class of the style sheet. */
  readonly series: string;
  readonly isDashed?: boolean;
  readonly points: readonly (readonly [number, number | null])[];
}

export interface LinesContent {
  readonly lines: readonly LineSeries[];
  readonly x: Omit<Axis, 'domain'> & { readonly domain?: readonly [number, number] };
  readonly y: Omit<Axis, 'domain'> & { readonly domain?: readonly [number, number] };
  /** A line of x = y, or across at some x. */
  readonly guides?: readonly ('diagonal' | { readonly x: number; readonly label: string })[];
  /** Whether points are shown, as where there are few. */
  readonly hasDots?: boolean;
  readonly ratio?: number;
}

export function lines(content: LinesContent, width: number, language: Language): Drawing {
  const { guides = [], ratio = 0.5 } = content;
  const all = content.lines.flatMap(({ points }) => points);
  const positive = (value: number | null) => (content.y.isLog && (value ?? 0) <= 0 ? null : value);
  const axes = {
    x: { isExact: true, ...content.x, domain: content.x.domain ?? domainOf(all.map(([x]) => x)) },
    y: { ...content.y, domain: content.y.domain ?? domainOf(all.map(([, y]) => positive(y))) },
  };
  const height = Math.max(240, Math.min(440, Math.round(width * ratio)));
  const { root, plot, x, y } = frame({ width, height }, axes, language);
  for (const guide of guides) {
    if (guide === 'diagonal') {
      const [[x1 = 0, x2 = 1], [y1 = 0, y2 = 1]] = [x.domain(), y.domain()];
      const [from, to] = [Math.max(x1, y1), Math.min(x2, y2)];
      plot.append(svg('line', { x1: x(from), y1: y(from), x2: x(to), y2: y(to), class: 'guide' }));
    } else {
      const [bottom = 0, top = 0] = y.range();
      plot.append(
        svg('line', { x1: x(guide.x), x2: x(guide.x), y1: bottom, y2: top, class: 'guide' }),
        guideLabel(guide.label, x(guide.x), top + 12, width),
      );
    }
  }
  const path = line<readonly [number, number | null]>()
    .defined(([, value]) => positive(value) !== null)
    .x(([at]) => x(at))
    .y(([, value]) => y(value ?? 0));
  for (const { series, isDashed, points } of content.lines) {
    plot.append(
      svg('path', { d: path(points) ?? '', class: `line ${series}${isDashed ? ' dashed' : ''}` }),
    );
    if (!content.hasDots && points.length > 1) continue;
    for (const [at, value] of points) {
      if (positive(value) === null) continue;
      plot.append(svg('circle', { cx: x(at), cy: y(value ?? 0), r: 3.5, class: `dot ${series}` }));
    }
  }
  return {
    root,
    marks: marksOf(
      content,
      (at) => x(at),
      (value) => y(value),
      positive,
      language,
    ),
  };
}

function guideLabel(label: string, x: number, y: number, width: number): SVGTextElement {
  const isLeft = x > width / 2;
  return svg(
    'text',
    { x: x + (isLeft ? -5 : 5), y, 'text-anchor': isLeft ? 'end' : 'start', class: 'guide-label' },
    label,
  );
}

/** One for each x: what all lines have there. */
function marksOf(
  { lines: all, x: axis }: LinesContent,
  x: (value: number) => number,
  y: (value: number) => number,
  positive: (value: number | null) => number | null,
  language: Language,
): Mark[] {
  const found = new Map<number, { y: number; texts: string[] }>();
  for (const { label, points } of all) {
    for (const [at, value] of points) {
      if (positive(value) === null || value === null) continue;
      const known = found.get(at) ?? { y: y(value), texts: [] };
      known.texts.push(`${label} ${language.number(value)}`);
      found.set(at, known);
    }
  }
  return [...found.entries()]
    .sort(([a], [b]) => a - b)
    .map(([at, mark]) => ({
      x: x(at),
      y: mark.y,
      text: `${axis.title} ${language.number(at)}: ${mark.texts.join(', ')}`,
    }));
}
