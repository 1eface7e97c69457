import { isArray } from '../../builtins.js';
import {
  notA,
  requireBoolean,
  requireKnownKeys,
  requireList,
  requireObject,
  withDefault,
} from '../../checks.js';
import { requireAnyNumber, requireItems, requireMembers, requireText } from './given.js';
import { scaleFor, tickText } from './scales.js';
import { colorOf, colors, element, heading, type Picture, rounded, text, widthOf } from './svg.js';

/** A point, or its height alone: the first one is then at 1, the second at 2, and so on. */
export type ChartPoint = number | readonly [x: number, y: number];

export interface LineChart {
  readonly title: string;
  /** What stands below and beside the axes. */
  readonly x: string;
  readonly y: string;
  /** The points of each line by its name. */
  readonly series: Readonly<Record<string, readonly ChartPoint[]>>;
  /**
   * Axes whose steps are factors of ten.
   *
   * @default none
   */
  readonly logarithmic?: 'x' | 'y' | 'both' | undefined;
  /**
   * Whether points stand alone, without a line through them.
   *
   * @default false
   */
  readonly scattered?: boolean | undefined;
}

const width = 640;
const left = 84;
const right = width - 24;
const legendLine = 22;
const plotHeight = 280;
/** Of a line: more would run into each other. */
const mostDots = 60;

/**
 * Draws lines, or scattered points, over two axes. Points that an axis has no place for are left out.
 *
 * @throws ArgumentError
 */
export function lineChart(given: LineChart): Picture {
  const chart = checked(given);
  const { title, logarithmic, scattered } = chart;
  const lines = Object.values(chart.series);
  const legend = legendOf(Object.keys(chart.series));
  const top = 62 + legend.lines * legendLine;
  const bottom = top + plotHeight;
  const scaleOf = (side: 0 | 1, start: number, end: number) => {
    const isLogarithmic = logarithmic === 'both' || logarithmic === (side === 0 ? 'x' : 'y');
    return scaleFor(
      lines.flat().map((point) => point[side]),
      start,
      end,
      isLogarithmic,
    );
  };
  const across = scaleOf(0, left + 10, right - 10);
  const up = scaleOf(1, bottom - 8, top + 8);
  const content = [
    heading(title, left),
    legend.content,
    ...up.ticks.map((tick) => gridLine(tick, up.at(tick))),
    element('line', { x1: left, x2: right, y1: bottom, y2: bottom, stroke: colors.muted }),
    ...across.ticks.map((tick) => {
      const place = { fill: colors.muted, 'text-anchor': 'middle' };
      return text(tickText(tick), across.at(tick), bottom + 22, place);
    }),
    text(chart.x, (left + right) / 2, bottom + 48, { 'text-anchor': 'middle' }),
    text(chart.y, 20, (top + bottom) / 2, {
      'text-anchor': 'middle',
      transform: `rotate(-90 20 ${(top + bottom) / 2})`,
    }),
    ...lines.map((points, index) => {
      const places = points.map(([x, y]) => [across.at(x), up.at(y)] as const);
      return curve(places, colorOf(index), scattered);
    }),
  ];
  return { title, content: content.join(''), width, height: bottom + 64 };
}

const axes = ['x', 'y', 'both'] as const;

function checked(given: unknown) {
  const chart = requireObject(given, 'chart');
  requireKnownKeys(chart, ['title', 'x', 'y', 'series', 'logarithmic', 'scattered'], '');
  const { logarithmic } = chart;
  if (logarithmic !== undefined && !axes.some((axis) => axis === logarithmic)) {
    throw notA("'x', 'y' or 'both'", logarithmic, 'logarithmic');
  }
  return {
    title: requireText(chart.title, 'title'),
    x: requireText(chart.x, 'x'),
    y: requireText(chart.y, 'y'),
    series: requireMembers(chart.series, 'series', requirePoints),
    logarithmic,
    scattered: requireBoolean(withDefault(chart.scattered, false), 'scattered'),
  };
}

type Point = readonly [x: number, y: number];

function requirePoints(value: unknown, path: string): readonly Point[] {
  const points = requireItems(value, path, 'points', (point, at): number | Point => {
    if (!isArray(point)) return requireAnyNumber(point, at);
    const sides = requireList(point, at, { of: 'numbers', most: 2 });
    return [requireAnyNumber(sides[0], `${at}[0]`), requireAnyNumber(sides[1], `${at}[1]`)];
  });
  return points.map((point, index) => (typeof point === 'number' ? [index + 1, point] : point));
}

function gridLine(tick: number, at: number): string {
  const line = { x1: left, x2: right, y1: at, y2: at, stroke: colors.grid };
  const number = { fill: colors.muted, 'text-anchor': 'end' };
  return element('line', line) + text(tickText(tick), left - 10, at + 5, number);
}

function curve(
  places: readonly (readonly [x: number, y: number])[],
  color: string,
  scattered: boolean,
): string {
  const shown = places.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const path = shown.map(([x, y]) => `${rounded(x)} ${rounded(y)}`).join('L');
  const stroke = { fill: 'none', stroke: color, 'stroke-width': 2.5, 'stroke-linejoin': 'round' };
  const line = scattered || path === '' ? '' : element('path', { d: `M${path}`, ...stroke });
  if (!scattered && shown.length > mostDots) return line;
  return (
    line + shown.map(([cx, cy]) => element('circle', { cx, cy, r: 3.5, fill: color })).join('')
  );
}

function legendOf(names: readonly string[]): { content: string; lines: number } {
  let x = left;
  let line = 0;
  const parts = names.map((name, index) => {
    const wide = 54 + widthOf(name);
    if (x > left && x + wide > right) [x, line] = [left, line + 1];
    const y = 58 + line * legendLine;
    const mark = { x1: x, x2: x + 24, y1: y, y2: y, stroke: colorOf(index), 'stroke-width': 4 };
    const part = element('line', mark) + text(name, x + 32, y + 5);
    x += wide;
    return part;
  });
  return { content: parts.join(''), lines: line + 1 };
}
