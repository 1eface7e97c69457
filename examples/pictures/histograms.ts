import { colors, type Drawing, element, palette, text } from './svg.ts';

/** Small histograms: a row for each case, a column for each layer. */

export interface HistogramRow {
  readonly name: string;
  /** The numbers of each column. */
  readonly columns: readonly ArrayLike<number>[];
  /** Shown range; what lies outside counts in the outermost bins. */
  readonly range: readonly [low: number, high: number];
  /** What stands below each histogram. */
  readonly notes: readonly string[];
}

const bins = 31;
const cell = { width: 78, height: 56 };
const gap = 10;
const labelWidth = 190;
const titleHeight = 76;
const rowHeight = cell.height + 38;

export function histograms(
  title: string,
  columns: readonly string[],
  rows: readonly HistogramRow[],
): Drawing {
  const leftOf = (column: number) => labelWidth + column * (cell.width + gap);
  const middle = { 'text-anchor': 'middle', fill: colors.muted };
  const heads = columns.map((name, column) =>
    text(name, leftOf(column) + cell.width / 2, titleHeight - 14, middle),
  );
  const drawn = rows.map((row, index) => {
    const top = titleHeight + index * rowHeight;
    const name = text(row.name, labelWidth - 14, top + cell.height / 2 + 5, {
      'text-anchor': 'end',
    });
    const cells = row.columns.map((values, column) => {
      const left = leftOf(column);
      const note = text(row.notes[column] ?? '', left + cell.width / 2, top + cell.height + 16, {
        ...middle,
        'font-size': 11,
      });
      return histogram(values, row.range, left, top) + note;
    });
    return name + cells.join('');
  });
  const heading = text(title, 20, 36, { 'font-size': 18, 'font-weight': 600 });
  return {
    content: [heading, ...heads, ...drawn].join(''),
    width: leftOf(columns.length) + 10,
    height: titleHeight + rows.length * rowHeight,
  };
}

function histogram(
  values: ArrayLike<number>,
  range: readonly [number, number],
  left: number,
  top: number,
): string {
  const counts = countsOf(values, range);
  const highest = Math.max(...counts);
  const wide = cell.width / bins;
  const bottom = top + cell.height;
  const bars = Array.from(counts, (count, bin) => {
    const height = (cell.height * count) / highest;
    const at = (left + bin * wide).toFixed(1);
    return count === 0
      ? ''
      : `M${at} ${bottom}v${-height.toFixed(1)}h${wide.toFixed(1)}V${bottom}z`;
  });
  const ground = { x1: left, x2: left + cell.width, y1: bottom, y2: bottom, stroke: colors.muted };
  return element('path', { d: bars.join(''), fill: palette[0] }) + element('line', ground);
}

function countsOf(values: ArrayLike<number>, [low, high]: readonly [number, number]): Uint32Array {
  const counts = new Uint32Array(bins);
  for (let index = 0; index < values.length; index++) {
    const place = Math.floor((((values[index] ?? 0) - low) / (high - low)) * bins);
    const bin = Math.min(bins - 1, Math.max(0, place));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
