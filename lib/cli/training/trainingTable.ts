import { listOf } from '../../checks.js';
import { readBytes } from '../../data/bytes.js';
import { openCsv } from '../../data/csv.js';
import { surveyKnownTable } from '../../data/knownTable.js';
import { matrix } from '../../data/matrix.js';
import {
  encodeTable,
  type GroupOption,
  type Survey,
  surveyTable,
  type TableSource,
} from '../../data/table.js';
import type { TableSchema } from '../../data/tableSchema.js';
import { inFlags } from '../arguments/flagNames.js';
import type { FlagValues } from '../arguments/flags.js';
import type { tableFlags } from '../arguments/sharedFlags.js';
import { UsageError } from '../arguments/usageError.js';
import type { TrainOptions } from '../train/trainArguments.js';
import type { ReadingContext, TrainingData } from './trainingData.js';

/**
 * Reads a CSV file for training.
 *
 * @param schema that of a model that goes on to learn; found in the file where there is none.
 */
export async function readTrainingTable(
  options: TrainOptions & GroupOption,
  context: ReadingContext,
  schema?: TableSchema,
): Promise<TrainingData> {
  const source = tableSource(options.data, context);
  const survey =
    schema === undefined
      ? await surveyNewTable(source, options)
      : await surveyKnownTable(source, schema, options);
  const { rows, columns, inputs, targets, groups } = await encodeTable(source, survey, options);
  return {
    schema: survey.schema,
    task: survey.task?.name ?? 'autoencoding',
    reason: survey.task && inFlags(survey.task.reason),
    inputs: matrix(inputs, rows, columns),
    targets,
    groups,
    cut: { delimiter: survey.delimiter, columns: survey.columns.length },
    droppedRows: survey.droppedRows,
    notices: survey.notices.map(inFlags),
  };
}

type TableOptions = Pick<
  TrainOptions,
  'autoencoder' | 'target' | 'task' | keyof FlagValues<typeof tableFlags>
> & { readonly ignore: readonly string[]; readonly labels?: string | undefined } & GroupOption;

/**
 * The first pass over a table.
 *
 * @param command that it is for, as errors name it.
 */
export async function surveyNewTable(
  source: TableSource,
  options: TableOptions,
  command = 'train',
): Promise<Survey> {
  const target = options.autoencoder ? null : await requireTarget(options, source, command);
  return await surveyTable(source, { ...options, target });
}

export function tableSource(path: string, { signal, onBytes }: ReadingContext): TableSource {
  return {
    path,
    read: (pass) => readBytes(path, { signal, onBytes: (bytes) => onBytes(path, pass, bytes) }),
  };
}

/** Whoever forgot the target is shown what there is to choose from. */
async function requireTarget(
  options: TableOptions,
  source: TableSource,
  command: string,
): Promise<string> {
  if (options.labels !== undefined) {
    throw new UsageError('--labels is for images: name the column with --target', 'train');
  }
  if (options.target !== undefined) return options.target;
  const reader = await openCsv(source.read('survey'), source.path, {
    ...options,
    isUsed: () => false,
  });
  await reader.close();
  const { columns } = reader;
  const names = `${listOf(columns.slice(0, 30), 'or')}${columns.length > 30 ? ', ...' : ''}`;
  throw new UsageError(
    `name the column to predict with --target (${names}), or give --autoencoder`,
    command,
  );
}
