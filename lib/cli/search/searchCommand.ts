import { join } from 'node:path';
import { isFloat32Array, isInt32Array } from '../../builtins.js';
import { FileRows } from '../../data/fileRows.js';
import { isMatrixLike } from '../../data/matrix.js';
import { rowsInMemory } from '../../data/rowsInMemory.js';
import type { RowData, RowParts } from '../../data/takeRows.js';
import { renamedError, StateError } from '../../errors.js';
import type { RunListener, WarningCode } from '../../index.js';
import { atomicWrite } from '../../io/atomicWrite.js';
import { formatCount } from '../../quantities.js';
import { crossValidateTrial, epochsOfFolds } from '../../search/crossValidation.js';
import {
  type CompleteTrial,
  JournaledStudy,
  type RunningTrial,
  SharedStudy,
  trialsAsCsv,
  trialsAsJson,
} from '../../search/index.js';
import { requireBest } from '../../search/searchModel.js';
import { fitTrial } from '../../search/trialFit.js';
import { type FoldRows, refitFold } from '../../tables/foldScaling.js';
import { planDivided } from '../../tables/tableData.js';
import { buildModel, planTraining, type TrainingPlan } from '../../tables/trainingPlan.js';
import { plural } from '../../terminal/style.js';
import type { CliContext } from '../context.js';
import { codeOfInterruption, type ExitCode, exitCodes } from '../exitCodes.js';
import { searchReport, trainReport, withReport } from '../reports.js';
import { trainOn } from '../train/trainCommand.js';
import { warningText } from '../train/warningText.js';
import { readTrainingData } from '../training/readTrainingData.js';
import type { TrainingData } from '../training/trainingData.js';
import { trialListeners } from '../training/trainingListeners.js';
import {
  inputsValidation,
  learningOptions,
  partsOf,
  supervisedData,
  supervisedOptions,
  supervisedValidation,
} from '../training/trainingSettings.js';
import { watched } from '../watch/watch.js';
import { fewRowsNote, noRowsNote, requireFolds } from './judgingRows.js';
import type { SearchOptions } from './searchArguments.js';
import type { SearchReport } from './searchReport.js';
import { defaultSpace, readSpace, withValues } from './searchSpace.js';
import { type AnyStudy, findStudy, knownStudy, recordNote } from './searchStudy.js';
import { studyRecord } from './studyRecord.js';

/** Folds take some of the rows each, which files do not give. */
async function inMemory(data: TrainingData): Promise<TrainingData> {
  const { inputs } = data;
  return FileRows.isFileRows(inputs) ? { ...data, inputs: await rowsInMemory(inputs) } : data;
}

/** `layerwise search`. */
export async function search(given: SearchOptions, context: CliContext): Promise<ExitCode> {
  return await watched(given, 'search', context, (own) => searchWatched(given, own));
}

async function searchWatched(given: SearchOptions, context: CliContext): Promise<ExitCode> {
  const chosen = given.space === undefined ? null : await readSpace(given.space);
  const known = given.study === undefined ? null : await knownStudy(given.study, given.name);
  // Trials of a study have the same epochs, though its data may have grown meanwhile.
  const base = { ...given, epochs: given.epochs ?? known?.record?.epochs };
  const { data, plan } = await withReport(trainReport(base, context), async (report) => {
    // Folds are cut of all rows.
    const reading = base.folds === undefined ? base : { ...base, validation: 0 };
    const given = await readTrainingData(reading, context.interrupted, report);
    const read = base.folds === undefined ? given : await inMemory(given);
    requireFolds(base, read);
    // With folds, the last training keeps no rows from it.
    report.data(read, base.folds === undefined ? planned(base, read) : planTraining(base, read, 0));
    return { data: read, plan: planned(base, read) };
  });
  // The same for all trials, whatever their batches: pruners compare them epoch by epoch.
  const options = { ...base, epochs: plan.epochs };
  const report = searchReport(options, context);
  const record = options.study === undefined ? null : await studyRecord(options, data, plan);
  const notes = [noRowsNote(options, plan), record && recordNote(known, record, options)];
  // That of a study depends on rows that may be others by now.
  const usual = known?.record?.space === 'default' ? known.space : defaultSpace(options, plan);
  const study = await findStudy(options, chosen ?? usual, record, (event) => report.event(event));
  for (const note of notes) if (note !== null) report.note(note);
  const end = await withReport(report, () => runTrials(study, options, data, context, report));
  const hasResults = await writeResults(options.results, study);
  if (end === 'interrupted') {
    context.stderr.line(interruptionText(options, hasResults));
    return codeOfInterruption(context.interrupted.reason);
  }
  if (end === 'timeLimit' && study.best === null) {
    context.stderr.line(timeLimitText(options, study));
    return exitCodes.timeLimit;
  }
  const best = requireBest(study);
  report.results(study);
  const few = fewRowsNote(options, plan);
  if (few !== null) report.note(few);
  if (end === 'timeLimit') report.note(timeLimitText(options, study));
  const last = lastTraining(options, study, best);
  const code = await withReport(trainReport(last, context), (told) =>
    trainOn(data, last, { ...context, study }, told),
  );
  return code === exitCodes.ok && end === 'timeLimit' ? exitCodes.timeLimit : code;
}

/** What a trial is: of the data, one fold or the rows for validation do not train. */
function planned(options: SearchOptions, data: TrainingData): TrainingPlan {
  const { folds } = options;
  if (folds === undefined) return planDivided(options, data);
  return planTraining(options, data, Math.ceil(data.inputs.rows / folds));
}

/**
 * The training of the best trial once more, and the weights of its best epoch. After cross-validation
 * there is no best epoch: all rows train, for as many epochs as the folds took in the mean.
 */
function lastTraining(options: SearchOptions, study: AnyStudy, best: CompleteTrial): SearchOptions {
  const { tensorboard } = options;
  const chosen = {
    ...withValues(options, study.valuesOf(best)),
    ...(tensorboard !== undefined && { tensorboard: join(tensorboard, 'best') }),
  };
  const epochs = epochsOfFolds(best);
  if (epochs !== undefined) return { ...chosen, epochs, patience: undefined, validation: 0 };
  return { ...chosen, patience: options.patience ?? options.epochs };
}

/** Why there are no more trials. */
type SearchEnd = 'done' | 'timeLimit' | 'interrupted';

async function runTrials(
  study: AnyStudy,
  options: SearchOptions,
  data: TrainingData,
  { interrupted }: CliContext,
  report: SearchReport,
): Promise<SearchEnd> {
  const { trials, parallel, threads, timeLimit = Number.POSITIVE_INFINITY } = options;
  const deadline = performance.now() + 1000 * timeLimit;
  const overTime = timeSignal(study, timeLimit);
  try {
    report.begins(study);
    const objective = (trial: RunningTrial) => runTrial(trial, options, data, report);
    await study.run(objective, {
      ...{ trials, parallel, threads, timeLimit: options.timeLimit },
      signal: AbortSignal.any([interrupted, overTime]),
      onTrial: (trial) => report.trial(trial, study),
    });
    return endedTrials(study) < trials && performance.now() >= deadline ? 'timeLimit' : 'done';
  } catch (error) {
    if (error === overTime.reason) return 'timeLimit';
    if (error !== interrupted.reason) throw withOwnAdvice(error);
    return 'interrupted';
  } finally {
    if (isKept(study)) await study.close();
  }
}

/** Whether the study lies somewhere, so that it can be gone on with. */
function isKept(study: AnyStudy): study is JournaledStudy | SharedStudy {
  return study instanceof JournaledStudy || study instanceof SharedStudy;
}

/** What a timer can hold. */
const mostMilliseconds = 2 ** 31 - 1;

/** Ends trials that run when the time is over, where they go on with the next call: those of a journal. */
function timeSignal(study: AnyStudy, seconds: number): AbortSignal {
  const goesOn = isKept(study) && 1000 * seconds <= mostMilliseconds;
  return goesOn ? AbortSignal.timeout(Math.ceil(1000 * seconds)) : new AbortController().signal;
}

/** The objective is ours: what makes every trial fail is in what it was given. */
function withOwnAdvice(error: unknown): unknown {
  if (!(error instanceof StateError) || error.path !== 'objective') return error;
  return renamedError(error, {
    path: 'trials',
    remedy: 'Correct what the last of them names: the data, or the values of --space.',
  });
}

function endedTrials({ trials }: Pick<AnyStudy, 'trials'>): number {
  return trials.filter(({ state }) => state !== 'running').length;
}

function timeLimitText(
  { trials, timeLimit, study: journal }: SearchOptions,
  study: AnyStudy,
): string {
  const done = `${formatCount(endedTrials(study))} of ${plural(trials, 'trial')}`;
  const how = journal === undefined ? '' : ` The same command goes on with ${journal}.`;
  return `--time-limit ${timeLimit}s has ended the search after ${done}.${how}`;
}

function interruptionText({ study, results }: SearchOptions, hasResults: boolean): string {
  if (study !== undefined) return `Interrupted: the same command goes on with ${study}.`;
  return `Interrupted: ${hasResults ? `${results} has the trials so far` : 'no file was written'}.`;
}

/** False when there is nothing to write, or nowhere. */
async function writeResults(path: string | undefined, study: AnyStudy): Promise<boolean> {
  const hasTrials = study.trials.some(({ state }) => state !== 'running');
  if (path === undefined || !hasTrials) return false;
  const text = /\.csv$/i.test(path) ? trialsAsCsv(study) : trialsAsJson(study);
  await atomicWrite(path, [new TextEncoder().encode(text)]);
  return true;
}

function runTrial(
  trial: RunningTrial,
  base: SearchOptions,
  data: TrainingData,
  report: SearchReport,
): Promise<{ readonly value: number }> {
  const options = withValues(base, trial.values);
  const plan = planned(options, data);
  const build = () => buildModel(options, data, plan);
  const listeners = [...trialListeners(options, trial), toldOfFiles(report, trial)];
  const learning = { ...learningOptions(options, plan), listeners };
  const { folds } = options;
  const isSupervised = data.targets !== null;
  const own = isSupervised ? { ...learning, ...supervisedOptions(options, data) } : learning;
  if (folds !== undefined) {
    const all = isSupervised ? supervisedData(data) : data.inputs;
    const crossValidation = { folds, groups: data.groups ?? undefined };
    const adapt = refitOf(data);
    const task = { data: all, options: own as object, build, crossValidation, adapt };
    return crossValidateTrial(trial, task);
  }
  const parts = partsOf(data, options, plan);
  const validation = isSupervised ? supervisedValidation(parts) : inputsValidation(parts);
  const training = isSupervised ? supervisedData(parts.training) : parts.training.inputs;
  const fitting = { ...own, validation } as object;
  return fitTrial(trial, { data: training, model: build(), options: fitting });
}

/** Rows of a table are scaled by those of a fold that train. */
function refitOf({ schema }: TrainingData): ((...fold: readonly RowData[]) => void) | undefined {
  if (schema.kind !== 'table') return undefined;
  return (training, validation) => {
    const [own, others] = [training, validation].map(foldRowsOf);
    if (own && others) refitFold(schema, own, others);
  };
}

function foldRowsOf(data: RowData | undefined): FoldRows | undefined {
  if (isMatrixLike(data)) return { inputs: data, targets: null };
  const { inputs, targets } = data as RowParts;
  if (!isMatrixLike(inputs)) return undefined;
  const isNumbers = isInt32Array(targets) || isFloat32Array(targets);
  return { inputs, targets: isNumbers ? targets : null };
}

/** What else goes wrong in a trial, it is judged by; of its checkpoints nobody else would hear. */
function toldOfFiles(report: SearchReport, { number }: RunningTrial): RunListener {
  const ofFiles: readonly WarningCode[] = ['damagedCheckpoint', 'checkpointNotWritten'];
  return {
    onWarning(warning) {
      if (ofFiles.includes(warning.code)) report.note(`Trial ${number}: ${warningText(warning)}`);
    },
  };
}
