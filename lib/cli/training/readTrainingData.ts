import type { GroupOption } from '../../data/table.js';
import { requireOrdinaryFile } from '../../tables/readTable.js';
import { UsageError } from '../arguments/usageError.js';
import { isIdxFile, isSafetensorsFile, requireKind } from '../models/files.js';
import type { TrainOptions } from '../train/trainArguments.js';
import type { TrainReport } from '../train/trainReport.js';
import type { ReadingContext, TrainingData } from './trainingData.js';
import { readTrainingImages } from './trainingImages.js';
import { readTrainingRows } from './trainingRows.js';
import { readTrainingTable } from './trainingTable.js';

/** The files that are read. */
export function inputFiles({ data, labels, validationFile }: TrainOptions): readonly string[] {
  return [data, labels, validationFile].filter((file) => file !== undefined);
}

/**
 * Reads a table, images or rows of a converted table, whichever it is.
 *
 * @param schema that the data has to have, where a model goes on to learn.
 */
export async function readTrainingData(
  options: TrainOptions & GroupOption,
  signal: AbortSignal,
  report: Pick<TrainReport, 'reading'>,
  schema?: TrainingData['schema'],
): Promise<TrainingData> {
  const sizes = new Map<string, number>();
  for (const path of inputFiles(options)) sizes.set(path, await requireOrdinaryFile(path));
  const context: ReadingContext = {
    signal,
    onBytes: (path, pass, bytes) => {
      report.reading(path, pass, bytes / (sizes.get(path) || 1));
    },
  };
  if (await isSafetensorsFile(options.data)) {
    requireShare(options, 'rows that `layerwise convert` has made');
    return readTrainingRows(options, schema?.kind === 'table' ? schema : undefined);
  }
  if (schema !== undefined) await requireKind(schema.kind, options.data);
  if (!(await isIdxFile(options.data))) {
    return readTrainingTable(options, context, schema?.kind === 'table' ? schema : undefined);
  }
  requireShare(options, 'images');
  return readTrainingImages(options, context, schema?.kind === 'idx' ? schema : undefined);
}

/** @throws UsageError for rows for validation that only tables have */
function requireShare(options: TrainOptions, what: string): void {
  const { validationFile, validationLast, validationGroups } = options;
  if ((validationFile ?? validationLast ?? validationGroups) === undefined) return;
  throw new UsageError(
    `of ${what}, --validation keeps a share; other choices are for tables`,
    'train',
  );
}
