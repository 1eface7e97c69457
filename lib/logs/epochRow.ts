import { CsvWriter } from '../data/csvWriter.js';
import type { EpochResult } from '../model/events.js';
import { resultNumbers } from './resultNumbers.js';

/** An epoch as a line of a table. */

/** Where an epoch stands in its run; numbers that come earlier count more. */
export type EpochPlace = readonly number[];

export interface EpochRow {
  /** The epoch, behind the stage of a pre-training: the first fields of the line. */
  readonly place: EpochPlace;
  readonly fields: readonly (readonly [column: string, value: number])[];
}

const writer = new CsvWriter(',');

/** @param stage Of a pre-training, the pair of layers; else undefined. */
export function epochRow(result: EpochResult, stage: number | undefined): EpochRow {
  const { epoch, validation, learningRate, seconds, rowsPerSecond } = result;
  const place = stage === undefined ? { epoch } : { stage, epoch };
  const validated = validation === null ? [] : resultNumbers(validation);
  const fields = [
    ...Object.entries(place),
    ...resultNumbers(result),
    ...validated.map(([name, value]) => [`validation.${name}`, value] as const),
    ...Object.entries({ learningRate, seconds, rowsPerSecond }),
  ];
  return { place: Object.values(place), fields };
}

/** The line with the names of the columns. */
export function headerLine({ fields }: EpochRow): string {
  return writer.line(fields.map(([column]) => column));
}

/** Numbers need no quotes. */
export function epochLine({ fields }: EpochRow): string {
  return `${fields.map(([, value]) => String(value)).join(',')}\n`;
}

/** Whether a line begins the table of some training. */
export function isHeader(line: string): boolean {
  return /^(stage,)?epoch,loss,/.test(line);
}

/** Whether a line of a table is whole and stands before an epoch. */
export function isBefore(line: string, place: EpochPlace): boolean {
  const fields = line.split(',');
  for (const [index, number] of place.entries()) {
    const field = Number(fields[index] || Number.NaN);
    if (field !== number) return field < number;
  }
  return false;
}
