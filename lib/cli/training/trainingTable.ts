import { listOf } from '../../checks.js';
import { type GroupOption, type Survey, surveyTable, type TablePass } from '../../data/table.js';
import type { TableSchema } from '../../data/tableSchema.js';
import { type Table, tableInFile } from '../../tables/table.js';
import { type HeldOut, readTableData } from '../../tables/tableData.js';
import { usualScale } from '../../tables/tableDefaults.js';
import { embeddedAbove, planTraining } from '../../tables/trainingPlan.js';
import { inFlags } from '../arguments/flagNames.js';
import type { FlagValues } from '../arguments/flags.js';
import type { tableFlags } from '../arguments/sharedFlags.js';
import { UsageError } from '../arguments/usageError.js';
import type { TrainOptions } from '../train/trainArguments.js';
import { digestOfTable } from './dataDigest.js';
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
  const table = await openTable(options.data, context, options);
  const target = schema === undefined ? requireTarget(options, table, 'train') : null;
  const { validationGroups: groups } = options;
  const reading = {
    ...options,
    target,
    groups: options.groups ?? groups,
    embedAbove: embeddedAbove,
    scale: options.scale ?? usualScale(options.network),
  };
  const heldOut = await heldOutBy(options, context);
  const { delimiter, columns, reason, notices, whole, ...data } = await readTableData(table, {
    survey: reading,
    // Several networks judge each other's rows.
    holdOut: (found) => (planTraining(options, found).members > 1 ? {} : heldOut),
    byGroups: groups !== undefined,
    seed: options.seed,
    known: schema,
  });
  return {
    ...data,
    reason: reason && inFlags(reason),
    digest: keepsDigest(options) ? await digestOfTable(table.source, whole, reading) : null,
    cut: { delimiter, columns },
    notices: notices.map(inFlags),
  };
}

/** Whether the rows are to be told from others, another time. */
function keepsDigest({
  run,
  study,
}: TrainOptions & { readonly study?: string | undefined }): boolean {
  return run !== undefined || study !== undefined;
}

async function heldOutBy(options: TrainOptions, context: ReadingContext): Promise<HeldOut> {
  const { validation, validationFile, validationLast } = options;
  if (validationLast !== undefined) return { last: validationLast };
  if (validationFile === undefined) return { share: validation };
  return { table: await openTable(validationFile, context, options) };
}

type TableOptions = Pick<
  TrainOptions,
  'autoencoder' | 'target' | 'task' | keyof FlagValues<typeof tableFlags>
> & { readonly ignore: readonly string[]; readonly labels?: string | undefined } & GroupOption;

/**
 * The first pass over a table, for the command that makes rows of it.
 *
 * @param command as errors name it.
 */
export async function surveyNewTable(
  table: Table,
  options: TableOptions,
  command: string,
): Promise<Survey> {
  const target = requireTarget(options, table, command);
  return await surveyTable(table.source, { ...options, target, embedAbove: embeddedAbove });
}

/** Reads its header. */
export async function openTable(
  path: string,
  { signal, onBytes }: ReadingContext,
  options: TableOptions,
): Promise<Table> {
  const told = (pass: TablePass, bytes: number): void => onBytes(path, pass, bytes);
  return await tableInFile(path, { ...options, signal, onBytes: told });
}

/** Whoever forgot the target is shown what there is to choose from. Null for an autoencoder. */
function requireTarget(
  { autoencoder, labels, target }: TableOptions,
  { columns }: Table,
  command: string,
): string | null {
  if (autoencoder) return null;
  if (labels !== undefined) {
    throw new UsageError('--labels is for images: name the column with --target', 'train');
  }
  if (target !== undefined) return target;
  const names = `${listOf(columns.slice(0, 30), 'or')}${columns.length > 30 ? ', ...' : ''}`;
  throw new UsageError(
    `name the column to predict with --target (${names}), or give --autoencoder`,
    command,
  );
}
