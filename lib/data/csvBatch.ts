import type { Fields } from './cells.js';

/** Records that were read together; every one has as many fields as the table has columns. */
export interface CsvBatch {
  readonly records: readonly string[][];
  /** The same as numbers and texts, where the core has cut them; valid until the next batch is asked for. */
  readonly fields?: Fields | undefined;
  /** The line of the file at which a record begins, from 1. */
  lineOf(record: number): number;
}

/** Some records of a batch. */
export function chosenOf({ records, lineOf }: CsvBatch, chosen: readonly number[]): CsvBatch {
  return {
    records: chosen.map((index) => records[index] as string[]),
    lineOf: (record) => lineOf(chosen[record] ?? 0),
  };
}
