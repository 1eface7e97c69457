import { scaleLinear, scaleLog, scalePoint } from 'd3-scale';
import type { StudyParameter } from '../../../lib/report/reportData.js';
import { svg } from '../dom.js';
import type { Drawing, Mark } from '../figure.js';
import type { Language } from '../language.js';
import { domainOf } from './frame.js';
import { shortened } from './shortened.js';

/** Parallel coordinates: an axis for each parameter and one for the value, and a line for each trial. */

export interface ParallelLine {
  readonly text: string;
  readonly values: readonly (string | number | null)[];
  readonly value: number;
  /** How good it is, from 0 to 1. */
  readonly rank: number;
}

interface Coordinate {
  readonly name: string;
  readonly ticks: readonly { readonly label: string; readonly y: number }[];
  readonly y: (value: string | number | null) => number | null;
}

const top = 44;
const height = 380;
const bottom = height - 20;

export function parallel(
  {
    parameters,
    lines,
    value,
  }: {
    readonly parameters: readonly StudyParameter[];
    readonly lines: readonly ParallelLine[];
    readonly value: string;
  },
  width: number,
  language: Language,
): Drawing {
  const coordinates = [
    ...parameters.map((parameter, index) =>
      coordinateOf(
        parameter,
        lines.map(({ values }) => values[index] ?? null),
        language,
      ),
    ),
    coordinateOf(
      { name: value, log: false, choices: null },
      lines.map((line) => line.value),
      language,
    ),
  ];
  // Where many do not fit, the chart is scrolled.
  const full = Math.max(width, 90 + coordinates.length * 92);
  const x = scalePoint(coordinates.keys(), [50, full - 70]);
  const root = svg('svg', {
    ...{ viewBox: `0 0 ${full} ${height}`, width: full, height, role: 'img', class: 'chart' },
  });
  const marks: Mark[] = [];
  const ordered = [...lines].sort((a, b) => a.rank - b.rank);
  for (const { values, value: own, rank, text } of ordered) {
    const places = [...values, own].map((one, index) => coordinates[index]?.y(one) ?? null);
    const path = places
      .map((y, index) =>
        y === null ? '' : `${places[index - 1] == null ? 'M' : 'L'}${x(index)},${y}`,
      )
      .join('');
    root.append(
      svg('path', {
        ...{ d: path, class: 'line s0' },
        'stroke-opacity': 0.12 + 0.88 * rank ** 2,
        'stroke-width': 1 + 1.5 * rank,
      }),
    );
    marks.push({ x: x(coordinates.length - 1) ?? 0, y: places.at(-1) ?? bottom, text });
  }
  for (const [index, { name, ticks }] of coordinates.entries()) {
    const at = x(index) ?? 0;
    root.append(
      svg(
        'g',
        { class: 'axis', 'aria-hidden': 'true' },
        svg('line', { x1: at, x2: at, y1: top, y2: bottom, class: 'base' }),
        svg(
          'text',
          { x: at, y: index % 2 === 0 ? 30 : 14, 'text-anchor': 'middle', class: 'title' },
          shortened(name, 22),
        ),
        ...ticks.map(({ label, y }) => svg('text', { x: at + 5, y: y + 4 }, shortened(label, 9))),
      ),
    );
  }
  return { root, marks: marks.reverse() };
}

function coordinateOf(
  { name, log, choices }: StudyParameter,
  values: readonly (string | number | null)[],
  language: Language,
): Coordinate {
  if (choices !== null) {
    const scale = scalePoint(choices, [bottom - 12, top + 12]);
    return {
      name,
      ticks: choices.map((label) => ({ label, y: scale(label) ?? 0 })),
      y: (value) => (value === null ? null : (scale(String(value)) ?? null)),
    };
  }
  const numbers = values.filter((value) => typeof value === 'number');
  const isLog = log && numbers.every((number) => number > 0);
  const domain = domainOf(numbers);
  const scale = isLog ? scaleLog(domain, [bottom, top]) : scaleLinear(domain, [bottom, top]);
  const ticks = isLog ? domain : scale.ticks(4);
  return {
    name,
    ticks: ticks.map((tick) => ({ label: language.number(tick), y: scale(tick) })),
    y: (value) => (typeof value === 'number' ? scale(value) : null),
  };
}
