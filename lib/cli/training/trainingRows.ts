import type { FileRows } from '../../data/fileRows.js';
import type { GroupOption } from '../../data/table.js';
import { openTableFile, type TableFile } from '../../data/tableFile.js';
import type { TableSchema, TargetColumn } from '../../data/tableSchema.js';
import { ArgumentError, FileFormatError } from '../../errors.js';
import { inFlags } from '../arguments/flagNames.js';
import type { TrainOptions } from '../train/trainArguments.js';
import type { TrainingData } from './trainingData.js';

/**
 * Opens a table that `layerwise convert` has made into a file. Its inputs stay there.
 *
 * @param known the schema of a model that goes on to learn, which has to be that of the file.
 */
export async function readTrainingRows(
  options: TrainOptions & GroupOption,
  known?: TableSchema,
): Promise<TrainingData> {
  const path = options.data;
  const file = await openTableFile(path);
  if (file === null) {
    throw new FileFormatError({
      path,
      expected: 'a table, images, or rows that `layerwise convert` has made of a table',
      received: 'a safetensors file of something else',
      remedy: 'A model goes on to learn with --from.',
    });
  }
  const { schema, task } = file;
  requireSameTarget(options, file);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
    throw new FileFormatError({
      path,
      expected: 'rows that were encoded as those that the model was trained on',
      received: 'rows of another table, or with other scales',
      remedy: 'Give the table itself: it is encoded as the model wants it.',
    });
  }
  return {
    schema,
    task: task?.name ?? 'autoencoding',
    reason: task && inFlags(task.reason),
    inputs: file.inputs,
    targets: file.targets && schema.target && (await targetsOf(file.targets, schema.target)),
    ...{ heldOut: null, validation: null, groups: null, digest: null },
    cut: { delimiter: file.delimiter, columns: file.columns.length },
    droppedRows: file.droppedRows,
    notices: [],
  };
}

async function targetsOf(rows: FileRows, target: TargetColumn): Promise<Int32Array | Float32Array> {
  const targets = await rows.read(0, rows.rows);
  return target.type === 'classes' ? Int32Array.from(targets) : Float32Array.from(targets);
}

/** Whatever the table was encoded for is in the file. */
function requireSameTarget(options: TrainOptions & GroupOption, { schema, task }: TableFile): void {
  const target = schema.target?.name;
  const refuse = (flag: string, expected: string, received: string): ArgumentError =>
    new ArgumentError({
      path: flag,
      expected,
      received,
      remedy: 'Leave it out, or convert the table once more.',
    });
  if (options.target !== undefined && options.target !== target) {
    const expected = target === undefined ? 'none, as the file has no target' : `'${target}'`;
    throw refuse(
      '--target',
      `${expected}, which the table was converted for`,
      `'${options.target}'`,
    );
  }
  if (options.autoencoder !== (target === undefined)) {
    throw target === undefined
      ? refuse('--autoencoder', 'the flag, as the table was converted without a target', 'none')
      : refuse('--autoencoder', `a classifier or regressor of '${target}'`, 'the flag');
  }
  if (options.task !== undefined && options.task !== task?.name) {
    throw refuse(
      '--task',
      `'${task?.name}', which the table was converted for`,
      `'${options.task}'`,
    );
  }
  if (options.groups !== undefined) {
    throw new ArgumentError({
      path: '--groups',
      expected: 'a column of a table',
      received: 'rows that are encoded already, without the columns that are no inputs',
      remedy: 'Leave it out, or give the table itself.',
    });
  }
  if (options.ignore.length === 0) return;
  throw refuse('--ignore', 'columns to be left out of a table', 'rows that are encoded already');
}
