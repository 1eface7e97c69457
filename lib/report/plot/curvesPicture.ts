import type { CurvesSection, Measure, NetworkCurves, Value } from '../reportData.js';
import { tag, text } from './svg.js';
import { powersBetween, ticksBetween } from './ticks.js';

/** The curves of trainings as a picture: SVG, light, of one size. */

export interface PictureOptions {
  readonly width: number;
  readonly height: number;
  readonly title: string | undefined;
  /** Which of the measures is drawn. */
  readonly measure: string;
  readonly isLog: boolean;
}

interface Line {
  readonly label: string;
  readonly color: string;
  readonly isDashed: boolean;
  readonly points: readonly (readonly [epoch: number, value: number])[];
}

const colors = [
  '#0b62b8',
  '#b8480a',
  '#067a55',
  '#a1307f',
  '#7a5b00',
  '#5a4fcf',
  '#00758a',
  '#b3261e',
];
const margin = { left: 70, right: 20, bottom: 50 };
const ink = '#1b1f24';
const faint = '#57606a';

export function curvesPicture({ networks }: CurvesSection, options: PictureOptions): string {
  const { width, height, title, measure, isLog } = options;
  const lines = linesOf(networks, measure, isLog);
  const top = (title === undefined ? 14 : 40) + 20 * legendRows(lines, width);
  const all = lines.flatMap(({ points }) => points);
  const epochs = endsOf(all.map(([epoch]) => epoch));
  const values = endsOf(all.map(([, value]) => value));
  const x = scale(epochs, [margin.left, width - margin.right], false);
  const y = scale(values, [height - margin.bottom, top], isLog);
  const yTicks = isLog ? powersBetween(...values) : ticksBetween(...values, 6);
  const xTicks = ticksBetween(...epochs, Math.max(2, Math.floor(width / 90))).filter(
    Number.isInteger,
  );
  const bottom = height - margin.bottom;
  return tag(
    'svg',
    {
      ...{ xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}` },
      ...{ 'font-family': 'Inter, Helvetica, Arial, sans-serif', 'font-size': 12, fill: faint },
      role: 'img',
    },
    tag('title', {}, text(title ?? measure)),
    tag('rect', { width, height, fill: '#ffffff' }),
    title === undefined
      ? ''
      : tag(
          'text',
          { x: margin.left, y: 24, 'font-size': 16, 'font-weight': 600, fill: ink },
          text(title),
        ),
    legendOf(lines, width, title === undefined ? 14 : 40),
    ...yTicks.flatMap((tick) => [
      tag('line', {
        x1: margin.left,
        x2: width - margin.right,
        y1: y(tick),
        y2: y(tick),
        stroke: '#d5dae0',
      }),
      tag(
        'text',
        { x: margin.left - 8, y: y(tick) + 4, 'text-anchor': 'end' },
        text(numberText(tick)),
      ),
    ]),
    ...xTicks.map((tick) =>
      tag('text', { x: x(tick), y: bottom + 18, 'text-anchor': 'middle' }, text(numberText(tick))),
    ),
    tag('line', {
      x1: margin.left,
      x2: width - margin.right,
      y1: bottom,
      y2: bottom,
      stroke: faint,
    }),
    tag(
      'text',
      { x: (margin.left + width) / 2, y: height - 12, 'text-anchor': 'middle', fill: ink },
      'epoch',
    ),
    tag(
      'text',
      {
        transform: `translate(16 ${Math.round((top + bottom) / 2)}) rotate(-90)`,
        ...{ 'text-anchor': 'middle', fill: ink },
      },
      text(measure),
    ),
    ...lines.map(({ points, color, isDashed }) => curve(points, color, isDashed, x, y)),
  );
}

function curve(
  points: Line['points'],
  color: string,
  isDashed: boolean,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  if (points.length === 1) {
    const [[epoch, value] = [0, 0]] = points;
    return tag('circle', { cx: x(epoch), cy: y(value), r: 3, fill: color });
  }
  const places = points.map(([epoch, value]) => `${x(epoch).toFixed(1)},${y(value).toFixed(1)}`);
  return tag('polyline', {
    ...{ points: places.join(' '), fill: 'none', stroke: color },
    ...{ 'stroke-width': 2, 'stroke-linejoin': 'round' },
    ...(isDashed && { 'stroke-dasharray': '7 4' }),
  });
}

function linesOf(networks: readonly NetworkCurves[], name: string, isLog: boolean): Line[] {
  return networks.flatMap((network, index) => {
    const measure = network.measures.find((one) => one.name === name);
    if (measure === undefined) return [];
    const before = prefixOf(network);
    const color = colors[index % colors.length] ?? ink;
    const line = (
      label: string,
      values: readonly Value[],
      own: string,
      isDashed: boolean,
    ): Line => ({
      ...{ label: `${before}${label}`, color: own, isDashed },
      points: network.epochs.flatMap((epoch, at) => {
        const value = values[at] ?? null;
        return value === null || (isLog && value <= 0) ? [] : [[epoch, value] as const];
      }),
    });
    const validated = validationOf(
      measure,
      networks.length === 1 ? (colors[1] ?? ink) : color,
      line,
    );
    return [line('training', measure.training, color, false), ...validated];
  });
}

function validationOf(
  { validation }: Measure,
  color: string,
  line: (label: string, values: readonly Value[], color: string, isDashed: boolean) => Line,
): Line[] {
  return validation === null ? [] : [line('validation', validation, color, true)];
}

function prefixOf({ member, counted, refit }: NetworkCurves): string {
  if (refit) return 'all rows, ';
  const one = counted === 'networks' ? 'network' : 'training';
  return member === null ? '' : `${one} ${member}, `;
}

const entryWidth = 170;

function legendRows(lines: readonly Line[], width: number): number {
  const inRow = Math.max(1, Math.floor((width - margin.left - margin.right) / entryWidth));
  return Math.ceil(lines.length / inRow);
}

function legendOf(lines: readonly Line[], width: number, top: number): string {
  const inRow = Math.max(1, Math.floor((width - margin.left - margin.right) / entryWidth));
  return lines
    .map(({ label, color, isDashed }, index) => {
      const left = margin.left + (index % inRow) * entryWidth;
      const y = top + 20 * Math.floor(index / inRow) + 4;
      const dash = isDashed ? { 'stroke-dasharray': '7 4' } : {};
      return (
        tag('line', {
          x1: left,
          x2: left + 26,
          y1: y,
          y2: y,
          stroke: color,
          'stroke-width': 2,
          ...dash,
        }) + tag('text', { x: left + 32, y: y + 4 }, text(label))
      );
    })
    .join('');
}

function endsOf(values: readonly number[]): [number, number] {
  const [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  if (low > high) return [0, 1];
  if (low < high) return [low, high];
  return low === 0 ? [0, 1] : [low - Math.abs(low) / 2, low + Math.abs(low) / 2];
}

function scale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
  isLog: boolean,
): (value: number) => number {
  const warp = isLog ? Math.log : (value: number) => value;
  const width = warp(to) - warp(from);
  return (value) => start + ((warp(value) - warp(from)) / width) * (end - start);
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(4)));
}
