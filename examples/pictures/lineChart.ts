import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import {
  type Area,
  type Axis,
  horizontalAxis,
  type LegendEntry,
  legend,
  legendLine,
  legendLines,
  readableTicks,
  verticalAxis,
} from './axes.ts';
import { colors, type Drawing, element, text } from './svg.ts';

/** Lines over two axes. */

export interface LineSeries extends LegendEntry {
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A vertical line with a note on each side. */
export interface Mark {
  readonly x: number;
  readonly before: string;
  readonly after: string;
}

export interface ChartAxis {
  readonly label: string;
  readonly logarithmic?: boolean;
  /** Default from the data. */
  readonly range?: readonly [low: number, high: number];
  readonly format?: (tick: number) => string;
}

export interface LineChart {
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly LineSeries[];
  readonly mark?: Mark | undefined;
  /** Whether each point is shown. Default true. */
  readonly dots?: boolean;
}

const width = 560;
const plotHeight = 246;
const left = 84;
const right = width - 24;

export function lineChart(chart: LineChart): Drawing {
  const { series, mark, title } = chart;
  const lines = legendLines(series, left, right);
  const top = 82 + (lines - 1) * legendLine + (mark === undefined ? 0 : legendLine);
  const area = { left, right, top, bottom: top + plotHeight };
  const x = axisOf(chart.x, valuesOf(series, 0), [left + 12, right - 12], 64);
  const y = axisOf(chart.y, valuesOf(series, 1), [area.bottom, area.top], 24);
  const parts = [
    text(title, left, 36, { 'font-size': 18, 'font-weight': 600 }),
    legend(series, left, right, 60),
    verticalAxis(area, y),
    horizontalAxis(area, x),
    mark === undefined ? '' : markLine(mark, area, x),
    ...series.map((one) => curve(one, x, y, chart.dots ?? true)),
  ];
  return { content: parts.join(''), width, height: area.bottom + 62 };
}

function valuesOf(series: readonly LineSeries[], side: 0 | 1): number[] {
  return series.flatMap(({ points }) => points.map((point) => point[side])).filter(Number.isFinite);
}

function axisOf(
  axis: ChartAxis,
  values: readonly number[],
  place: readonly number[],
  room: number,
): Axis {
  const { label, format, logarithmic = false } = axis;
  const isPositive = (value: number) => value > 0 || !logarithmic;
  const shown = values.filter(isPositive);
  const [low, high] = axis.range ?? [Math.min(...shown), Math.max(...shown)];
  if (!logarithmic) {
    const scale = scaleLinear([low, high > low ? high : low + 1], place);
    const isWhole = values.every(Number.isInteger);
    const ticks = scale.ticks(7).filter((tick) => !isWhole || Number.isInteger(tick));
    return { label, format, scale, ticks };
  }
  const range = axis.range ?? [low / 1.15, high * 1.15];
  const scale = scaleLog(range, place);
  return { label, format, scale, ticks: readableTicks(scale.ticks(), range, scale, room) };
}

/** The points of a series; those that have no place on the axes are left out. */
function curve({ points, color, dashed }: LineSeries, x: Axis, y: Axis, dots: boolean): string {
  const places = points
    .map(([a, b]): [number, number] => [x.scale(a), y.scale(b)])
    .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
  const stroke = { stroke: color, 'stroke-width': 2.5, 'stroke-linejoin': 'round' };
  const dashes = dashed === true ? { 'stroke-dasharray': '5 4' } : {};
  const path = line().digits(2)(places) ?? '';
  const drawn = element('path', { d: path, fill: 'none', ...stroke, ...dashes });
  if (!dots) return drawn;
  return (
    drawn + places.map(([cx, cy]) => element('circle', { cx, cy, r: 3.5, fill: color })).join('')
  );
}

function markLine({ x, before, after }: Mark, { top, bottom }: Area, axis: Axis): string {
  const at = axis.scale(x);
  const stroke = { stroke: colors.muted, 'stroke-dasharray': '4 4' };
  const note = { fill: colors.muted, 'font-size': 12 };
  const above = top - 8;
  return [
    element('line', { x1: at, x2: at, y1: above - 10, y2: bottom, ...stroke }),
    text(before, at - 8, above, { ...note, 'text-anchor': 'end' }),
    text(after, at + 8, above, note),
  ].join('');
}
