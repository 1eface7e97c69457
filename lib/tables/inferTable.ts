import { surveyTable } from '../data/table.js';
import type { TableSchema } from '../data/tableSchema.js';
import { readTable, type TableInput } from './readTable.js';
import { inRows } from './table.js';
import { type ReadingOptions, readReadingOptions } from './tableOptions.js';
import { embeddedAbove, type TableTask } from './trainingPlan.js';

/** What a table is found to be. */
export interface InferredTable {
  /** Columns with their types, scales and categories, and the target; over all rows. */
  readonly schema: TableSchema;
  readonly task: TableTask;
  /** Why this task, in words; null where there was nothing to choose. */
  readonly reason: string | null;
  /** Rows that can be learnt from. */
  readonly rows: number;
  /** Rows that are left out because their target is missing. */
  readonly droppedRows: number;
  /** What is good to know about the columns, in sentences. */
  readonly notices: readonly string[];
}

/**
 * Finds out what the columns of a table are, as `fit` of `tableModel` does, without training anything.
 *
 * ```ts
 * const { schema, task, notices } = await inferSchema('pumps.csv', { target: 'power' });
 * ```
 *
 * @param table What `readTable` gives, or takes.
 * @param options Those of `tableModel` about the reading of columns; without a target, all columns are inputs.
 * @throws as `readTable`; ArgumentError for the name of a column that there is not, DataError for columns that cannot
 * be learnt from
 */
export async function inferSchema(
  table: TableInput,
  options: ReadingOptions = {},
): Promise<InferredTable> {
  const {
    target = null,
    ignore = [],
    maxCategories = 256,
    ...others
  } = readReadingOptions(options);
  const { source, header } = await readTable(table);
  const reading = { ...others, target, ignore, maxCategories, header, embedAbove: embeddedAbove };
  const { schema, task, rows, droppedRows, notices } = await inRows(() =>
    surveyTable(source, reading),
  );
  const name = task?.name ?? 'autoencoding';
  return { schema, task: name, reason: task?.reason ?? null, rows, droppedRows, notices };
}
