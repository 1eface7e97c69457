import { scaleLinear } from 'd3-scale';
import { svg } from '../dom.js';
import type { Drawing, Mark } from '../figure.js';
import type { Language } from '../language.js';

/** When things ran: bars over time, each in the first lane that is free. */

export interface TimeSpan {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Classes of the style sheet. */
  readonly series: string;
}

export function timeline(
  spans: readonly TimeSpan[],
  axis: string,
  width: number,
  language: Language,
): Drawing {
  const lanes: number[] = [];
  const placed = [...spans]
    .sort((a, b) => a.from - b.from)
    .map((span) => {
      const free = lanes.findIndex((end) => end <= span.from);
      const lane = free < 0 ? lanes.length : free;
      lanes[lane] = span.to;
      return { ...span, lane };
    });
  const step = lanes.length > 24 ? 10 : 22;
  const bottom = 6 + lanes.length * step;
  const last = Math.max(1e-3, ...spans.map(({ to }) => to));
  const x = scaleLinear([0, last], [16, width - 20]);
  const root = svg('svg', {
    ...{ viewBox: `0 0 ${width} ${bottom + 44}`, width, height: bottom + 44 },
    ...{ role: 'img', class: 'chart' },
  });
  root.append(
    svg(
      'g',
      { class: 'axis', 'aria-hidden': 'true' },
      ...x
        .ticks(Math.max(3, Math.floor(width / 110)))
        .flatMap((tick) => [
          svg('line', { x1: x(tick), x2: x(tick), y1: 0, y2: bottom + 4 }),
          svg(
            'text',
            { x: x(tick), y: bottom + 18, 'text-anchor': 'middle' },
            language.number(tick),
          ),
        ]),
      svg('text', { x: width / 2, y: bottom + 38, 'text-anchor': 'middle', class: 'title' }, axis),
    ),
  );
  const marks: Mark[] = placed.map(({ from, to, lane, text, series }) => {
    const y = 4 + lane * step;
    root.append(
      svg('rect', {
        ...{ x: x(from), y, width: Math.max(2, x(to) - x(from) - 1), height: step - 4 },
        class: `area ${series}`,
      }),
    );
    return { x: (x(from) + x(to)) / 2, y: y + (step - 4) / 2, text };
  });
  return { root, marks };
}
