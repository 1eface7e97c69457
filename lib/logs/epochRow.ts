import { CsvWriter } from '../data/csvWriter.js';
import type { EpochResult } from '../model/events.js';
import type { TrainingStart } from '../model/listeners.js';
import { resultNumbers } from './resultNumbers.js';

/** An epoch as a line of a table. */

/** Where an epoch stands in its run; numbers that come earlier count more. */
export type EpochPlace = readonly number[];

/** Of a training that consists of several. */
export type TrainingPart = Pick<TrainingStart, 'stage' | 'member' | 'refit'>;

export interface EpochRow {
  /**
   * The epoch, behind the stage of a pre-training, the member of several networks, or whether all rows train once more: the
   * first fields of the line.
   */
  readonly place: EpochPlace;
  readonly fields: readonly (readonly [column: string, value: number])[];
}

const writer = new CsvWriter(',');

/** @param part The pair of layers of a pre-training, the network of several that predict together, or its last training. */
export function epochRow(result: EpochResult, part: TrainingPart): EpochRow {
  const { epoch, validation, learningRate, seconds, rowsPerSecond } = result;
  const { stage, member, refit } = part;
  const place = {
    ...(stage !== undefined && { stage }),
    ...(member !== undefined && { member }),
    ...(refit !== undefined && { refit: Number(refit) }),
    epoch,
  };
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
  return writer.line(columnsOf({ fields }));
}

export function columnsOf({ fields }: Pick<EpochRow, 'fields'>): readonly string[] {
  return fields.map(([column]) => column);
}

/**
 * Numbers need no quotes.
 *
 * @param columns of the table, of which a row may lack some: a last training on all rows has no validation.
 */
export function epochLine({ fields }: EpochRow, columns: readonly string[]): string {
  const values = new Map(fields);
  return `${columns.map((column) => values.get(column) ?? '').join(',')}\n`;
}

/** Whether a line begins the table of some training. */
export function isHeader(line: string): boolean {
  return /^((stage|member|refit),)?epoch,loss,/.test(line);
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
