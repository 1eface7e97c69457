import { tableSize } from '../../data/formats/tableFolder.js';
import { isReadBy } from '../../data/tableSchema.js';
import { FileFormatError } from '../../errors.js';
import type { ColumnImportance } from '../../tables/importance.js';
import { requireOrdinaryFile } from '../../tables/readTable.js';
import { tableInFile } from '../../tables/table.js';
import type { TableModel } from '../../tables/tableModel.js';
import { painted, plural } from '../../terminal/style.js';
import { inFlags } from '../arguments/flagNames.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { loadModel, requireKind } from '../models/files.js';
import { openRows } from '../models/openRows.js';
import type { EvaluateOptions } from './evaluateArguments.js';
import { evaluationLines, importanceLines } from './evaluateTexts.js';

/** `layerwise evaluate`. */
export async function evaluate(options: EvaluateOptions, context: CliContext): Promise<ExitCode> {
  const { data, json, labelsColumn, unknown, threads } = options;
  const model = await loadModel(options.model, {
    expected: 'a model that `layerwise train` wrote',
    remedy: 'With `evaluate`, the model comes first, then the data.',
  });
  if (model.kind !== 'table') throw ofNoTable(options.model);
  if (data !== '-' && (await tableSize(data)) !== null) await requireKind('table', data);
  const reader = await openRows(options, context, {
    header: model.schema.header,
    isUsed: isReadBy(model.schema, [model.schema.target?.name, labelsColumn]),
  });
  const measured = await model.evaluateRows(reader, { labelsColumn, unknown, threads });
  const { droppedRows, unknownTexts } = measured;
  const notices = measured.notices.map(inFlags);
  const importance = options.importance ? await importanceOf(model, options, context) : undefined;
  const { stdout } = context;
  if (json) {
    stdout.json({
      type: 'evaluation',
      model: options.model,
      file: data,
      ...measured,
      notices,
      importance,
    });
    return exitCodes.ok;
  }
  stdout.paragraph(painted('bold', data), `: ${plural(measured.rows, 'row')}`);
  const dropped =
    droppedRows > 0 ? [`${plural(droppedRows, 'row')} without a target: not used.`] : [];
  for (const notice of [...dropped, ...notices]) {
    stdout.paragraph(painted('yellow', 'Note:'), ` ${notice}`);
  }
  if (unknownTexts > 0) {
    const text = ` ${plural(unknownTexts, 'text')} that training did not see, taken for none of those that it saw.`;
    stdout.paragraph(painted('yellow', 'Note:'), text);
  }
  for (const line of evaluationLines(measured)) stdout.line(line);
  for (const line of importanceLines(importance ?? [])) stdout.line(line);
  return exitCodes.ok;
}

/** @throws ArgumentError for a pipe, which is over when the rows were measured. */
async function importanceOf(
  model: TableModel,
  options: EvaluateOptions,
  { interrupted: signal }: CliContext,
): Promise<ColumnImportance[]> {
  await requireOrdinaryFile(options.data);
  const { header } = model.schema;
  const table = await tableInFile(options.data, { signal, ...options, header });
  return await model.importance(table, { threads: options.threads });
}

function ofNoTable(path: string): FileFormatError {
  return new FileFormatError({
    path,
    expected: 'a model of a table, that `layerwise train` wrote',
    received: 'another model',
    remedy: 'A model of images, or of a program of your own, is measured with its method evaluate.',
  });
}
