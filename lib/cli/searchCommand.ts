import { atomicWrite } from '../io/atomicWrite.js';
import { crossValidateTrial, epochsOfFolds } from '../search/crossValidation.js';
import {
  type CompleteTrial,
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
import { fitTrial } from '../search/trialFit.js';
import { type CliContext, type ExitCode, exitCodes } from './context.js';
import type { SearchOptions, SearchPruner } from './options.js';
import { readTrainingData } from './readTrainingData.js';
import { searchReport, telling, trainReport } from './reports.js';
import type { SearchReport } from './searchReport.js';
import { defaultSpace, readSpace, withValues } from './searchSpace.js';
import { trainOn } from './trainCommand.js';
import type { TrainingData } from './trainingData.js';
import { buildModel, planTraining, type TrainingPlan } from './trainingPlan.js';
import { learningOptions, supervisedData, supervisedOptions } from './trainingSettings.js';

/** `layerwise search`. */
export async function search(given: SearchOptions, context: CliContext): Promise<ExitCode> {
  const chosen = given.space === undefined ? null : await readSpace(given.space);
  const { data, plan } = await telling(trainReport(given, context), async (report) => {
    const read = await readTrainingData(given, context.interrupted, report);
    // With folds, the last training keeps no rows from it.
    report.data(
      read,
      given.folds === undefined ? planned(given, read) : planTraining(given, read, 0),
    );
    return { data: read, plan: planned(given, read) };
  });
  // The same for all trials, whatever their batches: pruners compare them epoch by epoch.
  const options = { ...given, epochs: plan.epochs };
  const study = await findStudy(options, chosen ?? defaultSpace(options, plan));
  const report = searchReport(options, context);
  const hasEnded = await telling(report, () => runTrials(study, options, data, context, report));
  const hasResults = await writeResults(options.results, study);
  if (!hasEnded) {
    context.stderr.line(interruptionText(options, hasResults));
    return exitCodes.interrupted;
  }
  const best = requireBest(study);
  report.results(study);
  const last = lastTraining(options, study, best);
  return await telling(trainReport(last, context), (told) => trainOn(data, last, context, told));
}

/** What a trial is: of the data, one fold or the rows for validation do not train. */
function planned(options: SearchOptions, data: TrainingData): TrainingPlan {
  const { folds } = options;
  if (folds === undefined) return planTraining(options, data);
  return planTraining(options, data, Math.ceil(data.inputs.rows / folds));
}

/**
 * The training of the best trial once more, and the weights of its best epoch. After cross-validation
 * there is no best epoch: all rows train, for as many epochs as the folds took in the mean.
 */
function lastTraining(options: SearchOptions, study: Study, best: CompleteTrial): SearchOptions {
  const chosen = withValues(options, study.valuesOf(best));
  const epochs = epochsOfFolds(best);
  if (epochs !== undefined) return { ...chosen, epochs, patience: undefined, validation: 0 };
  return { ...chosen, patience: options.patience ?? options.epochs };
}

/** False when it was interrupted. */
async function runTrials(
  study: Study,
  options: SearchOptions,
  data: TrainingData,
  { interrupted }: CliContext,
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
    if (error !== interrupted.reason) throw error;
    return false;
  } finally {
    if (study instanceof JournaledStudy) study.close();
  }
}

function interruptionText({ study, results }: SearchOptions, hasResults: boolean): string {
  if (study !== undefined) return `Interrupted: the same command goes on with ${study}.`;
  return `Interrupted: ${hasResults ? `${results} has the trials so far` : 'no file was written'}.`;
}

/** False when there is nothing to write, or nowhere. */
async function writeResults(path: string | undefined, study: Study): Promise<boolean> {
  const hasTrials = study.trials.some(({ state }) => state !== 'running');
  if (path === undefined || !hasTrials) return false;
  const text = /\.csv$/i.test(path) ? trialsAsCsv(study) : trialsAsJson(study);
  await atomicWrite(path, [new TextEncoder().encode(text)]);
  return true;
}

async function findStudy(options: SearchOptions, space: Space): Promise<Study> {
  const { seed, epochs = 1, folds } = options;
  const sampler = samplers[options.sampler]();
  // What trials report: the loss of each epoch, or the mean after each fold.
  const settings = { space, sampler, seed, pruner: prunerOf(options.pruner, folds ?? epochs) };
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

function runTrial(
  trial: RunningTrial,
  base: SearchOptions,
  data: TrainingData,
): Promise<{ readonly value: number }> {
  const options = withValues(base, trial.values);
  const plan = planned(options, data);
  const build = () => buildModel(options, data, plan);
  const { validation, ...learning } = learningOptions(options, plan);
  const task =
    data.targets === null
      ? { data: data.inputs, options: learning }
      : {
          data: supervisedData(data),
          options: { ...learning, ...supervisedOptions(options, data) } as object,
        };
  const { folds } = options;
  if (folds !== undefined) {
    const crossValidation = { folds, ...(data.groups && { groups: data.groups }) };
    return crossValidateTrial(trial, { ...task, build, crossValidation });
  }
  return fitTrial(trial, { ...task, model: build(), options: { ...task.options, validation } });
}
