import { uniforms } from '../random.ts';

/** A table that learners are compared on: in memory, as whoever made it would hold it. */

/** A number, a text, or a missing value. */
export type Cell = number | string | null;

export interface NamedTable {
  readonly name: string;
  readonly title: string;
  readonly task: 'classification' | 'regression';
  /** The inputs and the target. */
  readonly columns: readonly string[];
  readonly target: string;
  /** Row by row, in the order of `columns`. */
  readonly cells: readonly (readonly Cell[])[];
}

/** The numbers of the rows to learn from, and of those to test on. */
export interface Split {
  readonly training: readonly number[];
  readonly test: readonly number[];
}

export const splits = 5;

/** A quarter of the rows is tested on: the same rows for every learner, as they follow from the number of the split. */
export function splitOf({ cells }: NamedTable, number: number): Split {
  const uniform = uniforms(7919 * (number + 1));
  const order = Array.from(cells.keys());
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  const tested = Math.floor(order.length / 4);
  return { training: order.slice(tested), test: order.slice(0, tested) };
}

/** Rows as objects, as programs have them. */
export function rowsOf(
  { columns, cells }: NamedTable,
  numbers: readonly number[],
): Record<string, Cell>[] {
  return numbers.map((number) =>
    Object.fromEntries(columns.map((name, at) => [name, cells[number]?.[at] ?? null])),
  );
}

/** What was to be predicted of some rows. */
export function targetsOf({ columns, target, cells }: NamedTable, numbers: readonly number[]) {
  const at = columns.indexOf(target);
  return numbers.map((number) => cells[number]?.[at] ?? null);
}
