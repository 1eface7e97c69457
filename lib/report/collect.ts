import { isFloat32Array, isInt32Array } from '../builtins.js';
import type { TableSchema } from '../data/tableSchema.js';
import type { Sequential } from '../model/sequential.js';
import type { TrainingStatistics } from '../model/statistics.js';
import type { StudyRecord } from '../search/results/ranking.js';
import { packageVersion } from '../version.js';
import { anomaliesOf } from './data/anomalies.js';
import { classesOf } from './data/classes.js';
import { curvesOf, type TrainedEpochs } from './data/curves.js';
import { importanceOf } from './data/importance.js';
import type { JudgedModel, RowsToJudge } from './data/judged.js';
import { layersOf, type Network } from './data/layers.js';
import { numbersOf } from './data/numbers.js';
import { studyOf } from './data/study.js';
import type { Fact, ReportData, ReportLanguage, Section } from './reportData.js';

/** What a report is made of: all that is there becomes a section. */
export interface ReportParts {
  readonly title: string;
  readonly subject: ReportData['subject'];
  readonly language: ReportLanguage;
  readonly facts: readonly Fact[];
  readonly trainings?: readonly TrainedEpochs[] | undefined;
  /** What the layers did, where somebody has asked. */
  readonly statistics?: readonly TrainingStatistics[] | undefined;
  /** The first one is shown, where several predict together. */
  readonly networks?: readonly Network[] | undefined;
  /** A model, and rows to judge it by. */
  readonly judged?: { readonly model: JudgedModel; readonly rows: RowsToJudge } | undefined;
  /** Of a model of a table: what its columns are worth is measured. */
  readonly schema?: TableSchema | undefined;
  readonly study?: StudyRecord | undefined;
  readonly threads?: number | undefined;
}

export async function collectReport(parts: ReportParts): Promise<ReportData> {
  const { title, subject, language, facts, study, trainings = [] } = parts;
  const sections = [
    study && study.trials.length > 0 ? studyOf(study) : null,
    curvesOf(trainings),
    await judgementOf(parts),
    await importanceSection(parts),
    layersSection(parts),
  ];
  return {
    ...{ title, subject, language, facts },
    version: packageVersion(),
    createdAt: new Date().toISOString(),
    sections: sections.filter((section) => section !== null),
    live: null,
  };
}

async function judgementOf({ judged }: ReportParts): Promise<Section | null> {
  if (judged === undefined) return null;
  const { model, rows } = judged;
  const { target } = model;
  const { targets } = rows;
  const predictions = await model.predict(rows.inputs);
  if (target === null) return await anomaliesOf(model, rows, predictions);
  if (target.type === 'classes') {
    return isInt32Array(targets) ? classesOf(model, target, rows, targets, predictions) : null;
  }
  return isFloat32Array(targets) ? numbersOf(model, target, rows, targets, predictions) : null;
}

async function importanceSection(parts: ReportParts): Promise<Section | null> {
  const { judged, schema, networks = [], threads } = parts;
  if (judged === undefined || schema === undefined || schema.target === null) return null;
  const predictors = networks.filter((one): one is Sequential => one.kind === 'sequential');
  return await importanceOf(schema, predictors, judged.rows, threads);
}

function layersSection({ networks = [], statistics }: ReportParts): Section | null {
  const [first] = networks;
  return first === undefined ? null : layersOf(first, statistics, networks.length);
}
