import { atomicWrite } from '../io/atomicWrite.js';
import {
  hyperbandPruner,
  JournaledStudy,
  medianPruner,
  noPruner,
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
import { searchReport, telling, trainReport } from './reports.js';
import type { SearchReport } from './searchReport.js';
import { defaultSpace, readSpace, withValues } from './searchSpace.js';
import { trainOn } from './trainCommand.js';
import type { TrainingData } from './trainingData.js';
import { buildModel, planTraining } from './trainingPlan.js';
import { learningOptions, supervisedData, supervisedOptions } from './trainingSettings.js';

/** `layerwise search`. */
export async function search(given: SearchOptions, context: CliContext): Promise<ExitCode> {
  await requireWritableFiles(given);
  const chosen = given.space === undefined ? null : await readSpace(given.space);
  const { data, plan } = await telling(trainReport(given, context), async (report) => {
    const read = await readTrainingData(given, context.interrupted, report);
    const planned = planTraining(given, read);
    report.data(read, planned);
    return { data: read, plan: planned };
  });
  // The same for all trials, whatever their batches: pruners compare them epoch by epoch.
  const options = { ...given, epochs: plan.epochs };
  const study = await findStudy(options, chosen ?? defaultSpace(options, plan));
  const report = searchReport(options, context);
  const hasEnded = await telling(report, () => runTrials(study, options, data, context, report));
  if (!hasEnded) return exitCodes.interrupted;
  if (options.results !== undefined) await writeResults(options.results, study);
  const best = requireBest(study);
  report.results(study);
  // The same training once more, and the weights of its best epoch.
  const { patience = plan.epochs } = options;
  const last = { ...withValues(options, study.valuesOf(best)), patience };
  return await telling(trainReport(last, context), (told) => trainOn(data, last, context, told));
}

/** What would fail after the search is found out before it. */
async function requireWritableFiles(options: SearchOptions): Promise<void> {
  const files = inputFiles(options);
  const { out, study, results } = options;
  if (out !== undefined) await requireWritable(out, files);
  if (study !== undefined) await requireWritable(study, files, '--study');
  if (results !== undefined) await requireWritable(results, files, '--results');
}

/** False when it was interrupted, and can go on. */
async function runTrials(
  study: Study,
  options: SearchOptions,
  data: TrainingData,
  { interrupted, stderr }: CliContext,
  report: SearchReport,
): Promise<boolean> {
  const { trials, parallel, threads, timeLimit } = options;
  try {
    report.begins(study);
    await study.run((trial) => runTrial(trial, options, data), {
      ...{ trials, parallel, threads, timeLimit },
      signal: interrupted,
      onTrial: (trial) => report.trial(trial, study),
    });
    return true;
  } catch (error) {
    if (options.study === undefined || error !== interrupted.reason) throw error;
    report.clear();
    stderr.write(`Interrupted: the same command goes on with ${options.study}.\n`);
    return false;
  } finally {
    if (study instanceof JournaledStudy) study.close();
  }
}

async function writeResults(path: string, study: Study): Promise<void> {
  const text = /\.csv$/i.test(path) ? trialsAsCsv(study) : trialsAsJson(study);
  await atomicWrite(path, [new TextEncoder().encode(text)]);
}

async function findStudy(options: SearchOptions, space: Space): Promise<Study> {
  const { seed, epochs = 1 } = options;
  const sampler = samplers[options.sampler]();
  const settings = { space, sampler, seed, pruner: prunerOf(options.pruner, epochs) };
  return options.study === undefined ? new Study(settings) : openStudy(options.study, settings);
}

function prunerOf(name: SearchPruner, maxSteps: number): Pruner {
  const build: Readonly<Record<SearchPruner, () => Pruner>> = {
    none: noPruner,
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
