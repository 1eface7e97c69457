import { basename } from 'node:path';
import { readBytes } from '../../data/bytes.js';
import { openIdx, readIdx } from '../../data/idx.js';
import { readIdxFile } from '../../data/idxFile.js';
import { inputsOfItems, requireFiniteItems, requireSameItems } from '../../data/idxSchema.js';
import type { TargetColumn } from '../../data/tableSchema.js';
import type { LoadedKind, ModelsByKind } from '../../load.js';
import type { ReportParts } from '../../report/collect.js';
import type { JudgedModel, RowsToJudge } from '../../report/data/judged.js';
import {
  judgedAutoencoder,
  judgedSequential,
  judgedTableModel,
} from '../../report/data/judgedModels.js';
import { plainRows } from '../../report/data/plainRows.js';
import { tableRows } from '../../report/data/tableRows.js';
import { factsOf, modelFacts } from '../../report/facts.js';
import { tableInFile } from '../../tables/table.js';
import { UsageError } from '../arguments/usageError.js';
import type { CliContext } from '../context.js';
import { loadModel, requireKind } from '../models/files.js';
import { trainedModel } from '../models/trainedModel.js';
import type { ReportOptions } from './reportArguments.js';

/** A model, and rows that it is judged by. */

type FoundParts = Omit<ReportParts, 'language'>;
type Model = ModelsByKind[LoadedKind];

export async function modelParts(
  path: string,
  options: ReportOptions,
  context: CliContext,
): Promise<FoundParts> {
  const model = await loadModel(path, {
    expected: 'a model, the folder of a run, or the journal of a search',
    remedy: 'What is shown comes first, then the rows to judge it by.',
  });
  const judged =
    options.data === undefined ? undefined : await judgedBy(model, path, options, context);
  const isTable = model.kind === 'table';
  return {
    title: basename(path),
    subject: 'model',
    facts: [...factsOf({ model: basename(path) }), ...modelFacts(model)],
    networks: isTable ? model.members : [model],
    ...{ judged, schema: isTable ? model.schema : undefined, threads: options.threads },
  };
}

type Judged = { readonly model: JudgedModel; readonly rows: RowsToJudge };

async function judgedBy(
  model: Model,
  path: string,
  options: ReportOptions,
  context: CliContext,
): Promise<Judged> {
  const { data = '', labels, labelsColumn, threads } = options;
  if (model.kind !== 'table') return await judgedImages(model, path, options);
  if (labels !== undefined) throw new UsageError('--labels is for images', 'report');
  await requireKind('table', data);
  const { schema } = model;
  const { interrupted: signal } = context;
  const { header } = schema;
  const table = await tableInFile(data, { signal, ...options, header });
  const rows = await tableRows(table, schema, labelsColumn);
  return {
    model: judgedTableModel(model, { threads }),
    rows: { ...rows, file: basename(data) },
  };
}

async function judgedImages(
  model: Exclude<Model, ModelsByKind['table']>,
  path: string,
  { data = '', labels, labelsColumn, threads }: ReportOptions,
): Promise<Judged> {
  if (labelsColumn !== undefined) {
    throw new UsageError('--labels-column is for tables', 'report');
  }
  const { schema } = trainedModel(model, path);
  if (schema.kind !== 'idx' || model.kind === 'multiOutput') throw new TypeError('no images');
  await requireKind('idx', data);
  const reader = await openIdx(readBytes(data), data);
  requireSameItems(schema, reader);
  const values = await readIdx(reader);
  requireFiniteItems(values, reader, schema);
  const inputs = inputsOfItems(values, reader.itemSize, schema);
  const { classes } = schema;
  if (classes !== null && labels === undefined) {
    throw new UsageError('name the file with the labels of the images with --labels', 'report');
  }
  const known = labels === undefined ? undefined : (await readIdxFile(labels)).values;
  const targets =
    known &&
    Array.from<number, string | number>(known, (label) =>
      classes === null ? label : String(label),
    );
  const judged =
    model.kind === 'autoencoder'
      ? judgedAutoencoder(model, { threads })
      : judgedSequential(model, targetOf(classes), { threads });
  const rows = await plainRows({ inputs, targets }, model.inputSize, judged.target);
  return { model: judged, rows: { ...rows, file: basename(data) } };
}

function targetOf(classes: readonly string[] | null): TargetColumn {
  return { name: '', type: 'classes', classes: classes ?? [], numeric: true };
}
