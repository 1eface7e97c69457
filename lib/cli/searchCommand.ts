import { atomicWrite } from '../io/atomicWrite.js';
import {
  hyperbandPruner,
  medianPruner,
  openStudy,
  type Pruner,
  type RunningTrial,
  type Space,
  Study,
  samplers,
  successiveHalvingPruner,
  trialsAsCsv,
  trialsAsJson,
} from '../search/index.js';
import { requireBest } from '../search/searchModel.js';
import { type CliContext, type ExitCode, exitCodes } from './context.js';
import { requireWritable } from './files.js';
import type { SearchOptions, SearchPruner } from './options.js';
import { inputFiles, readTrainingData } from './readTrainingData.js';
import { JsonSearchReport, type SearchReport, TextSearchReport } from './searchReport.js';
import { defaultSpace, readSpace, withValues } from './searchSpace.js';
import { trainOn } from './trainCommand.js';
import type { TrainingData } from './trainingData.js';
import { buildModel, planTraining } from './trainingPlan.js';
import { learningOptions, supervisedData, supervisedOptions } from './trainingSettings.js';
import { JsonTrainReport } from './trainReportJson.js';
import { TextTrainReport } from './trainReportText.js';

/** `layerwise search`. */
export async function search(options: SearchOptions, context: CliContext): Promise<ExitCode> {
  const report = options.json
    ? new JsonSearchReport(context)
    : new TextSearchReport(options, context);
  try {
    return await searchAndTrain(options, context, report);
  } finally {
    report.clear();
  }
}

async function searchAndTrain(
  given: SearchOptions,
  context: CliContext,
  report: SearchReport,
): Promise<ExitCode> {
  const files = inputFiles(given);
  if (given.out !== undefined) await requireWritable(given.out, files);
  if (given.study !== undefined) await requireWritable(given.study, files, '--study');
  if (given.results !== undefined) await requireWritable(given.results, files, '--results');
  const chosen = given.space === undefined ? null : await readSpace(given.space);
  const training = given.json
    ? new JsonTrainReport(given, context)
    : new TextTrainReport(given, context);
  const data = await readTrainingData(given, context.interrupted, training);
  const plan = planTraining(given, data);
  training.data(data, plan);
  // The same for all trials, whatever their batches: pruners compare them epoch by epoch.
  const options = { ...given, epochs: plan.epochs };
  const space = chosen ?? defaultSpace(options, plan);
  const study = await findStudy(options, space);
  try {
    report.begins(study);
    await study.run((trial) => runTrial(trial, options, data), {
      trials: options.trials,
      signal: context.interrupted,
      onTrial: (trial) => report.trial(trial, study),
      ...(options.parallel !== undefined && { parallel: options.parallel }),
      ...(options.threads !== undefined && { threads: options.threads }),
      ...(options.timeLimit !== undefined && { timeLimit: options.timeLimit }),
    });
  } catch (error) {
    if (options.study === undefined || error !== context.interrupted.reason) throw error;
    report.clear();
    context.stderr.write(`Interrupted: the same command goes on with ${options.study}.\n`);
    return exitCodes.interrupted;
  } finally {
    if ('close' in study) study.close();
  }
  if (options.results !== undefined) await writeResults(options.results, study);
  const best = requireBest(study);
  report.results(study);
  const { patience = plan.epochs } = options;
  // The same training once more, and the weights of its best epoch.
  const last = { ...withValues(options, study.valuesOf(best)), patience };
  const lastReport = last.json
    ? new JsonTrainReport(last, context)
    : new TextTrainReport(last, context);
  try {
    return await trainOn(data, last, context, lastReport);
  } finally {
    lastReport.clear();
  }
}

async function writeResults(path: string, study: Study): Promise<void> {
  const text = /\.csv$/i.test(path) ? trialsAsCsv(study) : trialsAsJson(study);
  await atomicWrite(path, [new TextEncoder().encode(text)]);
}

async function findStudy(options: SearchOptions, space: Space) {
  const { seed, epochs = 1 } = options;
  const sampler = samplers[options.sampler]();
  const pruner = prunerOf(options.pruner, epochs);
  const settings = { space, sampler, seed, ...(pruner && { pruner }) };
  return options.study === undefined ? new Study(settings) : openStudy(options.study, settings);
}

function prunerOf(name: SearchPruner, maxSteps: number): Pruner | null {
  const build: Readonly<Record<SearchPruner, () => Pruner | null>> = {
    none: () => null,
    // In their first epochs, networks with much dropout look worse than they are.
    median: () => medianPruner({ warmupSteps: Math.ceil(maxSteps / 10) }),
    successiveHalving: () => successiveHalvingPruner({ maxSteps }),
    hyperband: () => hyperbandPruner({ maxSteps }),
  };
  return build[name]();
}

async function runTrial(trial: RunningTrial, base: SearchOptions, data: TrainingData) {
  const options = withValues(base, trial.values);
  const plan = planTraining(options, data);
  const model = buildModel(options, data, plan);
  const learning = learningOptions(options, plan);
  if (model.kind === 'autoencoder') return trial.fit(model, data.inputs, learning);
  const supervised = supervisedOptions(options, data);
  return trial.fit(model, supervisedData(data), { ...learning, ...supervised });
}
