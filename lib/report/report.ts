import { basename } from 'node:path';
import type { Autoencoder } from '../autoencoders/autoencoder.js';
import { isArray } from '../builtins.js';
import {
  countRule,
  describeValue,
  requireChoice,
  requireInteger,
  requireKnownKeys,
  requireList,
  requireObject,
  requirePath,
  withDefault,
} from '../checks.js';
import type { TargetColumn } from '../data/tableSchema.js';
import { ArgumentError } from '../errors.js';
import type { History } from '../model/events.js';
import type { MultiOutput } from '../model/multiOutput.js';
import type { Sequential } from '../model/sequential.js';
import type { StudyRecord } from '../search/results/ranking.js';
import { readTable, type TableInput } from '../tables/readTable.js';
import type { TableModel } from '../tables/tableModel.js';
import { collectReport, type ReportParts } from './collect.js';
import type { JudgedModel, RowsToJudge } from './data/judged.js';
import { judgedAutoencoder, judgedSequential, judgedTableModel } from './data/judgedModels.js';
import { type PlainData, plainRows } from './data/plainRows.js';
import { tableRows } from './data/tableRows.js';
import { historyFacts, modelFacts, studyFacts } from './facts.js';
import { trainingsOf } from './histories.js';
import type { ReportLanguage } from './reportData.js';
import { writePage } from './writePage.js';

export type { PlainData };

/** What `report` shows. One of `model`, `history` and `study` has to be there. */
export interface ReportOptions {
  /**
   * A trained model, whose layers and weights are shown.
   *
   * @default none
   */
  readonly model?: Sequential | MultiOutput | Autoencoder | TableModel | undefined;
  /**
   * What `fit` has given, for the curves; several trainings as an array.
   *
   * @default none
   */
  readonly history?: History | readonly History[] | undefined;
  /**
   * Rows to judge the model by, best such as it has not learned from. For a model of a table, what `readTable` gives or
   * takes; for another one, an object with `inputs` and, but for an autoencoder, `targets`.
   *
   * @default none
   */
  readonly data?: TableInput | PlainData | undefined;
  /**
   * The names of the classes, in the order of the outputs, for a classifier that is no model of a table.
   *
   * @default the numbers of the classes
   */
  readonly classes?: readonly string[] | undefined;
  /**
   * For an autoencoder of a table: the column that says which rows are wrong. See `TableModel.evaluate`.
   *
   * @default none
   */
  readonly labelsColumn?: string | undefined;
  /**
   * A study of `layerwise/search`, open or read from its journal.
   *
   * @default none
   */
  readonly study?: StudyRecord | undefined;
  /**
   * What the page is called.
   *
   * @default the name of the file
   */
  readonly title?: string | undefined;
  /**
   * The language of the page: English or Korean.
   *
   * @default 'en'
   */
  readonly language?: ReportLanguage | undefined;
  /**
   * Threads that compute. The result does not depend on it.
   *
   * @default all cores of the process
   */
  readonly threads?: number | undefined;
}

const keys = [
  ...['model', 'history', 'data', 'classes', 'labelsColumn'],
  ...['study', 'title', 'language', 'threads'],
];

/**
 * Writes a page that shows a training, a model, or a search: one HTML file, which needs neither a network nor another file.
 *
 * ```ts
 * const history = await model.fit('pumps.csv');
 * await report('pumps.html', { model, history, data: 'pumps-of-may.csv' });
 * ```
 *
 * @throws ArgumentError where there is nothing to show, or for an option that does not belong to the model; as
 * `TableModel.evaluate` for the data; errors of the system.
 */
export async function report(path: string, options: ReportOptions): Promise<void> {
  requirePath(path);
  requireKnownKeys(requireObject(options, 'options'), keys, '');
  await writePage(path, await collectReport(await partsOf(path, options)));
}

async function partsOf(path: string, options: ReportOptions): Promise<ReportParts> {
  const { model, history, study, title, threads } = options;
  if (model === undefined && history === undefined && study === undefined) {
    throw new ArgumentError({
      path: 'options',
      expected: 'a model, a history or a study to show',
      received: 'none of them',
    });
  }
  if (threads !== undefined) requireInteger(threads, 'threads', countRule);
  const histories = historiesOf(history);
  const judged = await judgedBy(options);
  const isTable = model?.kind === 'table';
  return {
    title: String(withDefault(title, basename(path))),
    subject: study !== undefined ? 'search' : histories.length > 0 ? 'training' : 'model',
    language: requireChoice(withDefault(options.language, 'en'), ['en', 'ko'], 'language'),
    facts: [
      ...(study === undefined ? [] : studyFacts(study)),
      ...(model === undefined ? [] : modelFacts(model)),
      ...historyFacts(histories),
    ],
    trainings: trainingsOf(histories),
    statistics: histories.flatMap(({ statistics }) => statistics),
    networks: model === undefined ? [] : isTable ? model.members : [model],
    ...{ judged, schema: isTable ? model.schema : undefined, study, threads },
  };
}

function historiesOf(given: ReportOptions['history']): readonly History[] {
  if (given === undefined) return [];
  return isArray(given) ? (given as readonly History[]) : [given as History];
}

/** What the model is judged by. @throws ArgumentError for data without a model, or of another kind */
async function judgedBy({
  model,
  data,
  classes,
  labelsColumn,
  threads,
}: ReportOptions): Promise<{ model: JudgedModel; rows: RowsToJudge } | undefined> {
  if (data === undefined) return undefined;
  if (model === undefined || model.kind === 'multiOutput') {
    throw new ArgumentError({
      path: 'data',
      expected: 'none without a model of one output, which it is for',
      received: 'some',
    });
  }
  if (model.kind === 'table') {
    const given = data as TableInput;
    const { header } = model.schema;
    const table = await readTable(given, typeof given === 'string' ? { header } : {});
    const rows = await tableRows(table, model.schema, labelsColumn);
    const file = typeof given === 'string' ? basename(given) : null;
    return { model: judgedTableModel(model, { threads }), rows: { ...rows, file } };
  }
  const { inputs, targets } = requireObject(data, 'data') as unknown as PlainData;
  const judged =
    model.kind === 'autoencoder'
      ? judgedAutoencoder(model, { threads })
      : judgedSequential(model, targetOf(model, classes), { threads });
  return {
    model: judged,
    rows: await plainRows({ inputs, targets }, model.inputSize, judged.target),
  };
}

/** What the outputs of a network stand for. */
function targetOf({ outputSize }: Sequential, classes: unknown): TargetColumn {
  if (outputSize === 1 && classes === undefined) {
    // The network was told the numbers as they are.
    return { name: '', type: 'number', mean: 0, deviation: 1 };
  }
  const count = outputSize === 1 ? 2 : outputSize;
  const numbers = Array.from({ length: count }, (_, kind) => String(kind));
  const names =
    classes === undefined
      ? numbers
      : requireList(classes, 'classes', { of: 'names', most: count }).map(String);
  if (names.length === count) return { name: '', type: 'classes', classes: names, numeric: false };
  throw new ArgumentError({
    path: 'classes',
    expected: `${count} names, for ${outputSize} outputs`,
    received: describeValue(classes),
  });
}
