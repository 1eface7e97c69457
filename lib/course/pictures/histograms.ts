import { requireKnownKeys, requireObject } from '../../checks.js';
import {
  requireItems,
  requireMembers,
  requireNumbers,
  requireRange,
  requireText,
} from './given.js';
import { colorOf, colors, element, heading, type Picture, rounded, text, widthOf } from './svg.js';

export interface Histograms {
  readonly title: string;
  /** What the columns are: `'layer'` for layer 1, layer 2, … */
  readonly columns: string;
  /**
   * From where to where the histograms go; what lies outside counts at the ends, what is no number
   * nowhere.
   */
  readonly range: readonly [low: number, high: number];
  /** The values of each histogram of a row, by the name of the row. */
  readonly rows: Readonly<Record<string, readonly ArrayLike<number>[]>>;
}

/** Odd, so that the middle of a range has a bar of its own, and what is symmetric looks so. */
const bins = 33;
const cell = { width: 84, height: 64 } as const;
const gap = 14;
const rowHeight = cell.height + 44;

/**
 * Draws rows of histograms, each as high as its highest bar.
 *
 * @throws ArgumentError
 */
export function histograms(given: Histograms): Picture {
  const { title, columns, range, rows } = checked(given);
  const names = Object.keys(rows);
  const count = Math.max(...Object.values(rows).map((row) => row.length));
  const left = 32 + Math.max(...names.map(widthOf));
  const leftOf = (column: number) => left + column * (cell.width + gap);
  const heads = Array.from({ length: count }, (_, column) => {
    const place = { fill: colors.muted, 'text-anchor': 'middle' };
    return text(`${columns} ${column + 1}`, leftOf(column) + cell.width / 2, 66, place);
  });
  const drawn = Object.entries(rows).map(([name, row], index) => {
    const top = 80 + index * rowHeight;
    const label = text(name, left - 14, top + cell.height / 2 + 5, { 'text-anchor': 'end' });
    const cells = row.map((values, column) =>
      histogram(values, range, leftOf(column), top, colorOf(index)),
    );
    return label + cells.join('');
  });
  return {
    title,
    content: [heading(title), ...heads, ...drawn].join(''),
    width: leftOf(count) + 16,
    height: 84 + names.length * rowHeight,
  };
}

function checked(given: unknown): Histograms {
  const histograms = requireObject(given, 'histograms');
  requireKnownKeys(histograms, ['title', 'columns', 'range', 'rows'], '');
  const requireRow = (row: unknown, path: string) =>
    requireItems(row, path, 'histograms', requireNumbers);
  return {
    title: requireText(histograms.title, 'title'),
    columns: requireText(histograms.columns, 'columns'),
    range: requireRange(histograms.range, 'range'),
    rows: requireMembers(histograms.rows, 'rows', requireRow),
  };
}

function histogram(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  left: number,
  top: number,
  color: string,
): string {
  const counts = new Array<number>(bins).fill(0);
  for (let index = 0; index < values.length; index++) {
    const place = Math.floor((((values[index] ?? 0) - low) / (high - low)) * bins);
    if (Number.isNaN(place)) continue;
    const bin = Math.min(bins - 1, Math.max(0, place));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const highest = Math.max(1, ...counts);
  const wide = cell.width / bins;
  const bottom = top + cell.height;
  const bars = counts.map((count, bin) => {
    const height = rounded((cell.height * count) / highest);
    return count === 0
      ? ''
      : `M${rounded(left + bin * wide)} ${bottom}v${-height}h${rounded(wide)}V${bottom}z`;
  });
  const end = (value: number, x: number, anchor: string) =>
    text(String(value), x, bottom + 14, {
      fill: colors.muted,
      'font-size': 10,
      'text-anchor': anchor,
    });
  return (
    element('path', { d: bars.join(''), fill: color }) +
    element('line', {
      x1: left,
      x2: left + cell.width,
      y1: bottom,
      y2: bottom,
      stroke: colors.muted,
    }) +
    end(low, left, 'start') +
    end(high, left + cell.width, 'end')
  );
}
