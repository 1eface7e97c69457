import { displayWidth, visibleText } from './displayText.js';

/** On which side the cells of a column stand. */
export type Side = 'left' | 'right';

/** Lines of a table: the first row is the head, each column as wide as its widest cell. */
export function textTable(rows: readonly (readonly string[])[], sides: readonly Side[]): string[] {
  const { lines, widths } = aligned(rows, sides);
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [...lines.slice(0, 1), rule, ...lines.slice(1)];
}

/** The same without a head. */
export function alignedLines(
  rows: readonly (readonly string[])[],
  sides: readonly Side[],
): string[] {
  return aligned(rows, sides).lines;
}

/** A cell is one line, whatever stands in it. */
function aligned(rows: readonly (readonly string[])[], sides: readonly Side[]) {
  const cells = rows.map((row) => row.map(visibleText));
  const widths = sides.map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, displayWidth(row[column] ?? '')), 0),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) => {
        const blanks = ' '.repeat((widths[column] ?? 0) - displayWidth(cell));
        return sides[column] === 'right' ? blanks + cell : cell + blanks;
      })
      .join('  ')
      .trimEnd(),
  );
  return { lines, widths };
}
