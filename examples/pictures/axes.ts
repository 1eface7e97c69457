import { colors, element, text } from './svg.ts';

/** What charts have in common: the area of the plot, its axes and its legend. */

/** The area of a plot within its drawing. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Axis {
  /** From a value to a place in the drawing. */
  readonly scale: (value: number) => number;
  readonly ticks: readonly number[];
  readonly label: string;
  readonly format?: ((tick: number) => string) | undefined;
}

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  readonly dashed?: boolean | undefined;
}

/** Grid lines with their numbers on the left, and a line at the bottom. */
export function verticalAxis(area: Area, axis: Axis): string {
  const { scale, ticks, label, format = String } = axis;
  const middle = (area.top + area.bottom) / 2;
  const lines = ticks.map((tick) => {
    const at = scale(tick);
    const grid = { x1: area.left, x2: area.right, y1: at, y2: at, stroke: colors.grid };
    const number = { fill: colors.muted, 'text-anchor': 'end' };
    return element('line', grid) + text(format(tick), area.left - 10, at + 5, number);
  });
  const place = { 'text-anchor': 'middle', transform: `rotate(-90 20 ${middle})` };
  return [...lines, baseline(area), text(label, 20, middle, place)].join('');
}

/** Numbers below the plot, and what they are. */
export function horizontalAxis(area: Area, axis: Axis): string {
  const { scale, ticks, label, format = String } = axis;
  const number = { fill: colors.muted, 'text-anchor': 'middle' };
  const numbers = ticks.map((tick) => text(format(tick), scale(tick), area.bottom + 22, number));
  const middle = (area.left + area.right) / 2;
  return [...numbers, text(label, middle, area.bottom + 46, { 'text-anchor': 'middle' })].join('');
}

export function baseline({ left, right, bottom }: Area): string {
  return element('line', { x1: left, x2: right, y1: bottom, y2: bottom, stroke: colors.muted });
}

/** The names of the series in lines of at most `right - left`; see `legendLines`. */
export function legend(entries: readonly LegendEntry[], left: number, right: number, top: number) {
  const parts = placed(entries, left, right).map(({ entry, x, line }) => {
    const y = top + line * legendLine;
    const stroke = { x1: x, x2: x + 24, y1: y, y2: y, stroke: entry.color, 'stroke-width': 2.5 };
    const dashes = entry.dashed === true ? { 'stroke-dasharray': '5 4' } : {};
    const dot = { cx: x + 12, cy: y, r: 3.5, fill: entry.color };
    return (
      element('line', { ...stroke, ...dashes }) +
      element('circle', dot) +
      text(entry.name, x + 32, y + 5)
    );
  });
  return parts.join('');
}

/** Height of a line of the legend. */
export const legendLine = 22;

/** Lines that a legend takes. */
export function legendLines(entries: readonly LegendEntry[], left: number, right: number): number {
  return 1 + Math.max(0, ...placed(entries, left, right).map(({ line }) => line));
}

function placed(entries: readonly LegendEntry[], left: number, right: number) {
  let x = left;
  let line = 0;
  return entries.map((entry) => {
    // Letters of 14 pixels are about 7.5 wide.
    const width = 54 + entry.name.length * 7.5;
    if (x > left && x + width > right) {
      x = left;
      line++;
    }
    const place = { entry, x, line };
    x += width;
    return place;
  });
}

/** Those ticks of a logarithmic axis that are `room` apart, leading digits 1, 2 and 5 first. */
export function readableTicks(
  ticks: readonly number[],
  [low = 0, high = 1]: readonly number[],
  scale: (value: number) => number,
  room: number,
): number[] {
  const rankOf = (tick: number) => {
    const rank = '152'.indexOf(tick.toExponential(0).charAt(0));
    return rank === -1 ? 3 : rank;
  };
  const kept: number[] = [];
  for (const tick of ticks.toSorted((left, right) => rankOf(left) - rankOf(right))) {
    const hasRoom = kept.every((other) => Math.abs(scale(other) - scale(tick)) >= room);
    if (hasRoom && tick >= low && tick <= high) kept.push(tick);
  }
  return kept;
}
