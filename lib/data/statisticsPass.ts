import { callNative } from '../native.js';
import type { CellRules } from './cellRules.js';
import type { CellBatch, Fields } from './cells.js';
import type { DroppedTargets } from './droppedTargets.js';
import type { ClassLabels, GroupLabels } from './rowLabels.js';
import { valuesOfMoments } from './runningMoments.js';
import { type ColumnStatistics, RowPassing } from './tableStatistics.js';
import { cellText } from './tableValues.js';

/** What is read of each row beside its columns. */
export interface RowLabels {
  /** Below 0 where the table has no target. */
  readonly target: { readonly field: number; readonly rules: CellRules };
  readonly classes: ClassLabels | null;
  readonly groups: GroupLabels | null;
  readonly groupField: number;
}

/** The rows of a table on their way into the statistics of its columns. */
export class StatisticsPass {
  /** All that have a target. */
  rows = 0;
  readonly #statistics: readonly ColumnStatistics[];
  readonly #dropped: DroppedTargets;
  readonly #labels: RowLabels;
  readonly #heldOut: Uint8Array | undefined;

  /** @param heldOut 1 for each row that the statistics leave out, of those with a target. */
  constructor(
    statistics: readonly ColumnStatistics[],
    dropped: DroppedTargets,
    labels: RowLabels,
    heldOut: Uint8Array | undefined,
  ) {
    this.#statistics = statistics;
    this.#dropped = dropped;
    this.#labels = labels;
    this.#heldOut = heldOut;
  }

  add(batch: CellBatch): void {
    if (batch.fields) this.#addFields(batch.fields, batch);
    else this.#addRecords(batch);
  }

  #addRecords(batch: CellBatch): void {
    const { records } = batch;
    for (let record = 0; record < records.length; record++) {
      const fields = records[record] ?? [];
      const passing = this.#passingOf((field) => cellText(fields[field]));
      for (let index = 0; index < this.#statistics.length; index++) {
        const column = this.#statistics[index];
        if (passing === RowPassing.over) column?.passOver();
        else if (passing === RowPassing.taken) column?.add(fields[index] ?? '', batch, record);
      }
    }
  }

  /** Column by column: each is told of the rows in their order. */
  #addFields(fields: Fields, batch: CellBatch): void {
    const passing = new Uint8Array(fields.rows);
    for (let row = 0; row < fields.rows; row++) {
      passing[row] = this.#passingOf((field) => fields.cleanText(row, field));
    }
    const byCore: number[] = [];
    for (const [index, column] of this.#statistics.entries()) {
      if (column.takesFromCore(fields, index)) byCore.push(index);
      else column.addFields(fields, index, passing, batch);
    }
    if (byCore.length > 0) this.#addMoments(fields, byCore, passing);
  }

  #addMoments({ numbers, width }: Fields, places: readonly number[], passing: Uint8Array): void {
    const columns = places.map((place) => this.#statistics[place] as ColumnStatistics);
    const sums = new Float64Array(columns.length * valuesOfMoments);
    for (const [index, column] of columns.entries()) column.copyTo(sums, index * valuesOfMoments);
    callNative((core) =>
      core.addToMoments(numbers, width, passing, Uint32Array.from(places), sums),
    );
    for (const [index, column] of columns.entries()) column.takeFrom(sums, index * valuesOfMoments);
  }

  /** Counts the row, and says what the columns do with it. */
  #passingOf(textOf: (field: number) => string): number {
    const { target, classes, groups, groupField } = this.#labels;
    if (target.field >= 0) {
      const value = textOf(target.field);
      if (target.rules.isMissing(value)) {
        this.#dropped.add(value);
        return RowPassing.over;
      }
      classes?.add(value);
    }
    groups?.add(textOf(groupField));
    const row = this.rows++;
    return this.#heldOut?.[row] === 1 ? RowPassing.held : RowPassing.taken;
  }
}
