import { scaleLinear } from 'd3-scale';
import { svg } from '../dom.js';
import type { Drawing, Mark } from '../figure.js';
import type { Language } from '../language.js';
import { shortened } from './shortened.js';

/** Bars from the left, one for each name, with whiskers of how much the number varies. */

export interface Rank {
  readonly name: string;
  readonly value: number;
  readonly spread: number;
}

const step = 26;

export function ranks(
  all: readonly Rank[],
  axis: string,
  width: number,
  language: Language,
): Drawing {
  const left = Math.min(200, width * 0.35);
  const ends = all.flatMap(({ value, spread }) => [value - spread, value + spread, value]);
  const x = scaleLinear([Math.min(0, ...ends), Math.max(1e-9, ...ends)], [left, width - 20]).nice();
  const bottom = 6 + all.length * step;
  const marks: Mark[] = [];
  const root = svg('svg', {
    ...{ viewBox: `0 0 ${width} ${bottom + 44}`, width, height: bottom + 44 },
    ...{ role: 'img', class: 'chart' },
  });
  root.append(
    svg(
      'g',
      { class: 'axis', 'aria-hidden': 'true' },
      ...x
        .ticks(Math.max(2, Math.floor((width - left) / 110)))
        .flatMap((tick) => [
          svg('line', { x1: x(tick), x2: x(tick), y1: 2, y2: bottom + 4 }),
          svg(
            'text',
            { x: x(tick), y: bottom + 18, 'text-anchor': 'middle' },
            language.number(tick),
          ),
        ]),
      svg(
        'text',
        { x: (left + width) / 2, y: bottom + 38, 'text-anchor': 'middle', class: 'title' },
        axis,
      ),
    ),
  );
  for (const [index, { name, value, spread }] of all.entries()) {
    const y = 6 + index * step;
    const [from, to] = [Math.min(x(0), x(value)), Math.max(x(0), x(value))];
    root.append(
      svg(
        'text',
        { x: left - 8, y: y + 15, 'text-anchor': 'end', class: 'name' },
        shortened(name, Math.floor(left / 8)),
      ),
      svg('rect', {
        x: from,
        y: y + 3,
        width: Math.max(1.5, to - from),
        height: step - 9,
        class: 'area s0',
      }),
      svg('line', {
        x1: x(value - spread),
        x2: x(value + spread),
        y1: y + 11,
        y2: y + 11,
        class: 'whisker',
      }),
    );
    marks.push({
      ...{ x: x(value), y: y + 11 },
      text: `${name}: ${language.number(value)} ± ${language.number(spread)}`,
    });
  }
  return { root, marks };
}
