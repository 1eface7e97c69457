import { type Cell, type DetectionTable, type Draw, drawOf, isNumeric } from './detectionTable.ts';

/** What goes wrong in tables: faults of single cells, and groups of rows that should not be there. */

export const faultKinds = ['stuck', 'shifted', 'swapped', 'scaled', 'cluster'] as const;
/** Those that were kept back, with tables of their own, while the defaults of detection were chosen. */
export const keptKinds = ['decimal', 'drift', 'exchanged', 'dropped', 'noisy'] as const;
export type FaultKind = (typeof faultKinds)[number] | (typeof keptKinds)[number];

/** How gross faults are. */
export interface Faults {
  readonly kinds: readonly FaultKind[];
  /** Rows of each kind, as a share of the table. */
  readonly share: number;
  /** Standard deviations by which a number is shifted. */
  readonly shift: number;
}

/** Plain to people, and hidden among the numbers of their column. */
export const mixedFaults: Faults = { kinds: faultKinds, share: 0.01, shift: 3 };
/** What happens to numbers that people type and instruments send. */
export const keptFaults: Faults = { kinds: keptKinds, share: 0.01, shift: 2 };
/** One row in a thousand has a number that is far off. */
export const grossFaults: Faults = { kinds: ['shifted'], share: 0.001, shift: 8 };

export interface FaultyTable extends DetectionTable {
  /** The kind of fault of each row; null for most. */
  readonly faults: readonly (FaultKind | null)[];
  /** The column in which the fault of each row lies, -1 where there is none or it is in all of them. */
  readonly places: readonly number[];
}

interface Work {
  readonly table: DetectionTable;
  readonly draw: Draw;
  readonly cells: Cell[][];
  readonly faults: (FaultKind | null)[];
  readonly places: number[];
  readonly numeric: readonly number[];
  readonly shift: number;
}

const leastRows = 3;

/** The table with faults in it. */
export function withFaults(
  table: DetectionTable,
  { kinds, share, shift }: Faults,
  seed: number,
): FaultyTable {
  const { cells } = table;
  const work: Work = {
    ...{ table, shift, draw: drawOf(31 * seed + 7), cells: cells.map((row) => [...row]) },
    faults: cells.map(() => null),
    places: cells.map(() => -1),
    numeric: table.columns.flatMap((_, column) => (isNumeric(table, column) ? [column] : [])),
  };
  const count = Math.max(leastRows, Math.round(share * cells.length));
  for (const kind of kinds) makers[kind](work, count);
  return { ...table, cells: work.cells, faults: work.faults, places: work.places };
}

type Maker = (work: Work, count: number) => void;

const makers: Readonly<Record<FaultKind, Maker>> = {
  /** A sensor gives the same value again and again: one that it has given before. */
  stuck(work, count) {
    const { numeric, draw, table } = work;
    const column = numeric[draw.below(numeric.length)] as number;
    const value = table.cells[rowWith(work, column)]?.[column] ?? null;
    for (let done = 0; done < count; done++) setCell(work, 'stuck', freeRow(work), column, value);
  },

  shifted: eachCell('shifted', (value, deviation, { draw, shift }) => {
    return value + (draw.uniform() < 0.5 ? -1 : 1) * shift * deviation;
  }),

  scaled: eachCell('scaled', (value) => 2 * value),

  /** The value of another row: a number that differs by half a deviation or more, or another text. */
  swapped(work, count) {
    const { table, draw, numeric } = work;
    const texts = table.columns.flatMap((_, column) => (numeric.includes(column) ? [] : [column]));
    for (let done = 0; done < count; done++) {
      const isText = texts.length > 0 && draw.uniform() < 0.4;
      const columns = isText ? texts : numeric;
      const column = columns[draw.below(columns.length)] as number;
      const row = freeRow(work, column);
      setCell(work, 'swapped', row, column, otherValue(work, row, column));
    }
  },

  /** Rows that lie close together, to one side of a row of the table in all its numbers. */
  cluster(work, count) {
    const { table, draw, numeric, cells, faults } = work;
    const centre = table.cells[draw.below(table.cells.length)] ?? [];
    const sides = numeric.map(() => (draw.uniform() < 0.5 ? -1.5 : 1.5));
    for (let done = 0; done < count; done++) {
      const row = freeRow(work);
      faults[row] = 'cluster';
      for (const [index, column] of numeric.entries()) {
        const { mean, deviation } = momentsOf(table, column);
        const place = Number(centre[column] ?? mean) + (sides[index] as number) * deviation;
        (cells[row] as Cell[])[column] = place + 0.1 * deviation * draw.gaussian();
      }
    }
  },

  /** A decimal point that is a place off. */
  decimal: eachCell('decimal', (value, _, { draw }) =>
    draw.uniform() < 0.5 ? 10 * value : value / 10,
  ),

  /** An instrument that is off by more from row to row, a stretch of rows long. */
  drift(work, count) {
    const { numeric, draw, table, shift } = work;
    const column = numeric[draw.below(numeric.length)] as number;
    const { deviation } = momentsOf(table, column);
    const first = draw.below(table.cells.length - 4 * count);
    for (let row = first, done = 0; done < count; row++) {
      const value = table.cells[row]?.[column];
      if (work.faults[row] !== null || typeof value !== 'number') continue;
      done++;
      setCell(work, 'drift', row, column, value + (2 * shift * deviation * done) / count);
    }
  },

  /** Two numbers of a row that stand in each other's place. */
  exchanged(work, count) {
    const { numeric, draw, table } = work;
    for (let done = 0; done < count; done++) {
      const column = numeric[draw.below(numeric.length)] as number;
      const others = numeric.filter((each) => each !== column);
      const other = others[draw.below(others.length)] as number;
      const row = freeRow(work, column);
      const cells = table.cells[row] ?? [];
      setCell(work, 'exchanged', row, other, cells[column] ?? null);
      setCell(work, 'exchanged', row, column, cells[other] ?? null);
    }
  },

  /** A zero where a value should be. */
  dropped: eachCell('dropped', () => 0),

  noisy: eachCell('noisy', (value, deviation, { draw, shift }) => {
    return value + shift * deviation * draw.gaussian();
  }),
};

function eachCell(
  kind: FaultKind,
  change: (value: number, deviation: number, work: Work) => number,
): Maker {
  return (work, count) => {
    const { numeric, draw, table } = work;
    for (let done = 0; done < count; done++) {
      const column = numeric[draw.below(numeric.length)] as number;
      const row = freeRow(work, column);
      const value = Number(table.cells[row]?.[column]);
      setCell(work, kind, row, column, change(value, momentsOf(table, column).deviation, work));
    }
  };
}

function setCell(work: Work, kind: FaultKind, row: number, column: number, value: Cell): void {
  (work.cells[row] as Cell[])[column] = value;
  work.faults[row] = kind;
  work.places[row] = column;
}

/** A row without a fault, which has a value in the column. */
function freeRow(work: Work, column?: number): number {
  for (;;) {
    const row = rowWith(work, column);
    if (work.faults[row] === null) return row;
  }
}

function rowWith({ table, draw }: Work, column?: number): number {
  for (;;) {
    const row = draw.below(table.cells.length);
    if (column === undefined || table.cells[row]?.[column] !== null) return row;
  }
}

function otherValue(work: Work, row: number, column: number): Cell {
  const { table, numeric } = work;
  const own = table.cells[row]?.[column] ?? null;
  const isNumber = numeric.includes(column);
  const least = isNumber ? momentsOf(table, column).deviation / 2 : 0;
  for (;;) {
    const other = table.cells[rowWith(work, column)]?.[column] ?? null;
    if (isNumber ? Math.abs(Number(other) - Number(own)) >= least : other !== own) return other;
  }
}

function momentsOf({ cells }: DetectionTable, column: number): { mean: number; deviation: number } {
  const values = cells.flatMap((row) => (row[column] === null ? [] : [Number(row[column])]));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) || 1 };
}
