import { gaussians, uniforms } from '../random.ts';

/** A table that detectors of anomalies are compared on: in memory, as whoever made it would hold it. */

/** A number, a text, or a missing value. */
export type Cell = number | string | null;

export interface DetectionTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Row by row, in the order of `columns`. */
  readonly cells: readonly (readonly Cell[])[];
}

/** Random numbers that follow from a seed. */
export interface Draw {
  readonly uniform: () => number;
  readonly gaussian: () => number;
  /** An integer from 0 to below the bound. */
  readonly below: (bound: number) => number;
}

export function drawOf(seed: number): Draw {
  const uniform = uniforms(seed);
  // The first numbers of neighbouring seeds are neighbours.
  for (let skipped = 0; skipped < 8; skipped++) uniform();
  const below = (bound: number) => Math.floor(uniform() * bound);
  return { uniform, gaussian: gaussians(seed + 104_729), below };
}

/** Whether a column holds numbers. */
export function isNumeric({ cells }: DetectionTable, column: number): boolean {
  return cells.every((row) => typeof row[column] !== 'string');
}

/** The table as a CSV file. */
export function csvOf({ columns, cells }: DetectionTable): string {
  const lines = cells.map((row) =>
    row.map((cell) => (cell === null ? '' : String(cell))).join(','),
  );
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}
