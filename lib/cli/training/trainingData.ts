import type { FileRows } from '../../data/fileRows.js';
import type { IdxSchema } from '../../data/idxSchema.js';
import type { MatrixInput } from '../../data/matrix.js';
import type { TableSchema } from '../../data/tableSchema.js';
import type { Task } from '../../data/targetInference.js';
import type { EncodedRows } from '../../tables/tableData.js';
import type { LearnedTable } from '../../tables/tableTraining.js';

/** What both kinds of file, tables and images, become before a network is trained on them. */

export interface TrainingData {
  /** Saved with the model: all that prediction needs to know. */
  readonly schema: TableSchema | IdxSchema;
  readonly task: Task | 'autoencoding';
  /** Why this task; null where there was nothing to choose. */
  readonly reason: string | null;
  /** In memory, or where they lie; those that are held out stand behind those that train. */
  readonly inputs: MatrixInput | FileRows;
  /** Class indices or standardised numbers; null for an autoencoder. */
  readonly targets: Int32Array | Float32Array | null;
  /** Rows that are held out; null where the core draws a share of them. */
  readonly heldOut: number | null;
  /** The rows of `--validation-file`, or null. */
  readonly validation: EncodedRows | null;
  /** The group of each row; null without `--groups`. */
  readonly groups: Int32Array | null;
  /** Tells the rows from others, whichever of them are held out; null where their inputs do. */
  readonly digest: string | null;
  /** How the table was cut; null for images. */
  readonly cut: TableCut | null;
  /** Rows that were left out because their target is missing. */
  readonly droppedRows: number;
  /** What the user should know about the columns, in sentences. */
  readonly notices: readonly string[];
}

/** What a wrong guess of the delimiter shows in. */
export interface TableCut {
  /** Null where nothing stands between the fields. */
  readonly delimiter: string | null;
  /** Columns of the file. */
  readonly columns: number;
}

/** The names of the classes; null where there are none. */
export function classesOf({ schema }: TrainingData): readonly string[] | null {
  if (schema.kind === 'idx') return schema.classes;
  return schema.target?.type === 'classes' ? schema.target.classes : null;
}

/** How reading reports that it gets on, and how it is ended. */
export interface ReadingContext {
  readonly signal: AbortSignal;
  /** Told the bytes read of a file in one of its passes. */
  onBytes(path: string, pass: string, bytes: number): void;
}

/** @throws TypeError for data that is no table in memory with a target */
export function learnedTable(data: TrainingData): LearnedTable & {
  readonly targets: NonNullable<LearnedTable['targets']>;
} {
  const { inputs, targets, schema, heldOut } = data;
  if (schema.kind !== 'table' || targets === null || !('values' in inputs)) {
    throw new TypeError('rows in memory, of a table with a target, train several networks');
  }
  return { ...data, inputs, targets, schema, heldOut: heldOut ?? 0 };
}
