import { type FaultyTable, grossFaults, keptFaults, mixedFaults, withFaults } from './faults.ts';
import { generatedNames, generatedTable } from './generators.ts';
import { keptTables } from './keptTables.ts';
import { realTables } from './realTables.ts';

/** The tables that detectors are tried on; the same for all of them, as they follow from their numbers. */

export interface Trial {
  /** Of the table. */
  readonly name: string;
  readonly seed: number;
  readonly table: FaultyTable;
}

export const seeds = [1, 2] as const;
const rowsOfMixed = 2000;
const rowsOfGross = 10_000;

/** Faults of every kind, one row in a hundred of each. */
export function mixedTrials(): readonly Trial[] {
  const real = realTables();
  return seeds.flatMap((seed) => {
    const tables = [
      ...real,
      ...generatedNames.map((name) => generatedTable(name, rowsOfMixed, seed)),
    ];
    return tables.map((table) => ({
      ...{ name: table.name, seed },
      table: withFaults(table, mixedFaults, seed),
    }));
  });
}

const keptSeeds = [5, 6] as const;

/** Tables and faults that were kept back. */
export function keptTrials(): readonly Trial[] {
  return keptSeeds.flatMap((seed) =>
    keptTables(seed).map((table) => ({
      ...{ name: table.name, seed },
      table: withFaults(table, keptFaults, seed),
    })),
  );
}

/** Gross errors in one row of a thousand. */
export function grossTrials(): readonly Trial[] {
  return generatedNames.map((name, index) => {
    const table = generatedTable(name, rowsOfGross, 1);
    return { name, seed: 1, table: withFaults(table, grossFaults, index + 1) };
  });
}
