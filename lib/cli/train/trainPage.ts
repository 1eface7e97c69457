import { basename } from 'node:path';
import { isInt32Array } from '../../builtins.js';
import { FileRows } from '../../data/fileRows.js';
import type { MatrixInput } from '../../data/matrix.js';
import type { History } from '../../index.js';
import { collectReport, type ReportParts } from '../../report/collect.js';
import { type JudgedModel, pickedRows, type RowsToJudge } from '../../report/data/judged.js';
import {
  judgedAutoencoder,
  judgedSequential,
  judgedTableModel,
} from '../../report/data/judgedModels.js';
import { thinned } from '../../report/data/thinned.js';
import { factsOf, historyFacts, modelFacts, studyFacts } from '../../report/facts.js';
import { writePage } from '../../report/writePage.js';
import type { StudyRecord } from '../../search/index.js';
import { validationRows } from '../../tables/tableData.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import type { CliContext } from '../context.js';
import { languageOf } from '../course/language.js';
import { classesOf, type TrainingData } from '../training/trainingData.js';
import type { TrainedModel } from './networkTraining.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';

/** The page of `--report`, and that of `--watch` at the end: a training that is over. */

interface OverTraining {
  readonly model: TrainedModel;
  readonly histories: readonly History[];
  readonly data: TrainingData;
  readonly plan: TrainingPlan;
  readonly options: TrainOptions;
}

/** Rows that a model is judged by at most, where they are those that it has learned from. */
const mostKnownRows = 10_000;

export async function writeTrainPage(
  training: OverTraining,
  { environment, livePage, study }: CliContext,
  report: TrainReport,
): Promise<void> {
  const { report: path } = training.options;
  if (path === undefined && livePage === undefined) return;
  const language = languageOf(environment);
  const collected = await collectReport({ ...partsOf(training, study), language });
  livePage?.finish(collected);
  if (path === undefined) return;
  await writePage(path, collected);
  report.note(`The page that shows it: ${path}`);
}

function partsOf(
  training: OverTraining,
  study: StudyRecord | undefined,
): Omit<ReportParts, 'language'> {
  const { model, histories, plan, data, options } = training;
  const { trainingRows: rows, validationRows: kept, members } = plan;
  const isTable = model.kind === 'table';
  return {
    title: basename(options.run ?? options.data),
    subject: study === undefined ? 'training' : 'search',
    facts: [
      ...factsOf({ data: basename(options.data), task: isTable ? undefined : data.task }),
      ...modelFacts(model),
      ...factsOf({ rows, validationRows: kept }),
      ...(study === undefined ? [] : studyFacts(study)),
      ...historyFacts(histories),
    ],
    trainings: histories.map(({ epochs, bestEpoch }, index) => ({
      ...{ epochs, bestEpoch },
      ...(members > 1 && { member: index + 1 }),
      refit: plan.refits && index > 0,
    })),
    statistics: histories.flatMap(({ statistics }) => statistics),
    networks: isTable ? model.members : [model],
    ...{ judged: judgedBy(training), study, threads: options.threads },
    schema: isTable ? model.schema : undefined,
  };
}

function judgedBy({
  model,
  data,
  options,
}: OverTraining): { model: JudgedModel; rows: RowsToJudge } | undefined {
  const rows = rowsOf(data);
  if (rows === null) return undefined;
  const { threads } = options;
  if (model.kind === 'table') return { model: judgedTableModel(model, { threads }), rows };
  if (model.kind === 'autoencoder') return { model: judgedAutoencoder(model, { threads }), rows };
  const target = {
    name: '',
    type: 'classes',
    classes: classesOf(data) ?? [],
    numeric: true,
  } as const;
  return { model: judgedSequential(model, target, { threads }), rows };
}

/** Those that were kept from the training, or some of those that were not. Null for rows that stay in files. */
function rowsOf(data: TrainingData): RowsToJudge | null {
  const { inputs, targets, heldOut, validation } = data;
  const shared = { places: [], wrong: null, file: null } as const;
  if (FileRows.isFileRows(inputs)) {
    return validation === null ? null : { ...validation, ...shared, from: 'validation' };
  }
  const kept = heldOut === null ? null : validationRows({ ...data, inputs, heldOut });
  if (kept !== null) return { ...kept, ...shared, from: 'validation' };
  const chosen = thinned(inputs.rows, mostKnownRows);
  return {
    inputs: pickedRows(inputs as MatrixInput, chosen),
    targets: targets && someOf(targets, chosen),
    ...{ ...shared, from: 'training' },
  };
}

function someOf(targets: Int32Array | Float32Array, rows: readonly number[]) {
  const own = rows.map((row) => targets[row] ?? 0);
  return isInt32Array(targets) ? Int32Array.from(own) : Float32Array.from(own);
}
