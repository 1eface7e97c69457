import { displayWidth, visibleText } from '../../displayText.js';
import { type Side, textTable } from '../../textTable.js';

/** Blanks between two columns. */
const gap = 2;

/**
 * Lines of a table that is no wider than a terminal: columns that have no room follow in another table
 * below, behind the first ones once more.
 *
 * @param rows the head first.
 * @param width columns of the terminal.
 * @param keys columns at the left that every table begins with.
 */
export function foldedTable(
  rows: readonly (readonly string[])[],
  sides: readonly Side[],
  width: number,
  keys: number,
): string[] {
  const widths = sides.map((_, column) =>
    Math.max(...rows.map((row) => displayWidth(visibleText(row[column] ?? '')))),
  );
  const tables = groupsOf(widths, width, keys).map((columns) => {
    const pick = <Item>(items: readonly Item[]) => columns.map((column) => items[column] as Item);
    return textTable(rows.map(pick), pick(sides));
  });
  return tables.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

/** The columns of each table; one that is wider than the terminal stands alone. */
function groupsOf(widths: readonly number[], width: number, keys: number): number[][] {
  const all = widths.map((_, column) => column);
  const shared = all.slice(0, keys);
  const widthOf = (columns: readonly number[]) =>
    columns.reduce((sum, column) => sum + (widths[column] ?? 0) + gap, -gap);
  let group = [...shared];
  const groups = [group];
  for (const column of all.slice(keys)) {
    if (group.length > keys && widthOf([...group, column]) > width) {
      group = [...shared];
      groups.push(group);
    }
    group.push(column);
  }
  return groups;
}
