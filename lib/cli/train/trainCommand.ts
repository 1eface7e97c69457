import { basename } from 'node:path';
import { listCheckpoints } from '../../checkpoint/newestCheckpoint.js';
import { ArgumentError, StateError } from '../../errors.js';
import type { Autoencoder, History, RunListener, Sequential, TrainingRun } from '../../index.js';
import { planDivided } from '../../tables/tableData.js';
import { TableModel } from '../../tables/tableModel.js';
import { buildModel, type TrainingPlan } from '../../tables/trainingPlan.js';
import { plainRecord, type TrainingRecord, trainingRecordOf } from '../../tables/trainingRecord.js';
import type { CliContext } from '../context.js';
import { codeOfInterruption, type ExitCode, exitCodes } from '../exitCodes.js';
import { trainReport, withReport } from '../reports.js';
import { inRunFolder, type OpenRun } from '../run/openRun.js';
import { shellPath } from '../terminal/shellText.js';
import { withDetectionDefaults } from '../training/detectionDefaults.js';
import { finalEpoch } from '../training/finalEpoch.js';
import { follow } from '../training/followRun.js';
import { type KnownModel, knownModel, withKnownModel } from '../training/knownModel.js';
import { readTrainingData } from '../training/readTrainingData.js';
import type { TrainingData } from '../training/trainingData.js';
import { trainingListeners } from '../training/trainingListeners.js';
import {
  autoencodingOptions,
  checkpointOptions,
  inputsValidation,
  learningOptions,
  partsOf,
  supervisedData,
  supervisedOptions,
  supervisedValidation,
} from '../training/trainingSettings.js';
import { baselineText, isWorseThanOneAnswer } from './judgementTexts.js';
import { parameterCount, plainJson, save } from './savedModel.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';
import { trainSeveral } from './trainSeveral.js';
import { resumedText } from './trainTexts.js';

/** `layerwise train`. */
export async function train(given: TrainOptions, context: CliContext): Promise<ExitCode> {
  const { run } = given;
  if (run === undefined) return await trainIn(undefined, given, context);
  return await inRunFolder(run, given, context, {
    train: (folder) => trainIn(folder, given, context),
    read: () => readAlone(given, context),
  });
}

/** Reads the data of a training that is over. */
async function readAlone(given: TrainOptions, context: CliContext): Promise<TrainingData> {
  const known = await knownModel(given);
  const options = withKnownModel(given, known);
  return await withReport(trainReport(options, context), (report) =>
    readTrainingData(options, context.interrupted, report, known?.schema),
  );
}

/** @param folder That of the run, if there is one. */
async function trainIn(
  folder: OpenRun | undefined,
  given: TrainOptions,
  context: CliContext,
): Promise<ExitCode> {
  await requireNoCheckpoints(given);
  const known = await knownModel(given);
  const options = withKnownModel(given, known);
  return await withReport(trainReport(options, context, folder?.log), async (report) => {
    const data = await readTrainingData(options, context.interrupted, report, known?.schema);
    const all = withDetectionDefaults(options, data, known?.model);
    report.data(data, planDivided(all, data));
    return await trainOn(data, all, context, report, { known, folder });
  });
}

/** @throws ArgumentError when a training that begins would mix its checkpoints with others. */
async function requireNoCheckpoints({ checkpoint, resume }: TrainOptions): Promise<void> {
  if (checkpoint === undefined || resume) return;
  const [newest] = await listCheckpoints(checkpoint);
  if (newest === undefined) return;
  throw new ArgumentError({
    path: '--checkpoint',
    expected: 'a folder without checkpoints for a training that begins',
    received: `one with ${newest.path}`,
    remedy: 'Give --resume to go on with the newest one, or name another folder.',
  });
}

/** What a training may begin with. */
interface TrainingStart {
  /** A model that goes on to learn; a new one where it is undefined. */
  readonly known?: KnownModel | null | undefined;
  /** Where the whole run is kept. */
  readonly folder?: OpenRun | undefined;
}

/** Trains on data that has been read, and saves the model. */
export async function trainOn(
  data: TrainingData,
  options: TrainOptions,
  context: CliContext,
  report: TrainReport,
  { known, folder }: TrainingStart = {},
): Promise<ExitCode> {
  const plan = planDivided(options, data);
  if (plan.members > 1) {
    return await trainSeveral({ data, plan, options, known: known?.networks }, context, report);
  }
  const model = known?.model ?? buildModel(options, data, plan);
  // A checkpoint is a model too, which `predict` applies.
  describedModel(model, data);
  await folder?.begin(options, plan);
  report.model(data, plan, parameterCount(model), options);
  context.interrupted.throwIfAborted();
  const run = startRun(model, options, data, plan, [
    toldOfCheckpoints(report),
    ...(folder?.listeners((text) => report.note(text)) ?? []),
  ]);
  const history = await follow(run, context, report);
  const checkpoint = await lastCheckpoint(run, options);
  report.trained(data, history, checkpoint);
  const isWorse = !options.balanced && isWorseThanOneAnswer(data, finalEpoch(history));
  if (isWorse) report.note(baselineText(data));
  const isOver = !unfinished.includes(history.stopReason);
  // The model of a run is that of its end: before that, its checkpoints are what there is.
  if (isOver || folder === undefined) {
    if (model.kind === 'autoencoder') await makeDetector(model, options, data, report);
    const training = trainingRecordOf(
      { ...options, ...data, file: basename(options.data) },
      plan,
      history,
    );
    const saved = describedModel(model, data, training);
    folder?.confirm();
    await save(saved, folder?.files.model ?? options.out, report);
  }
  if (isOver) {
    await folder?.end(history, plan, data);
    return exitCodes.ok;
  }
  if (checkpoint !== null) report.note(goOnText(options, checkpoint));
  return codeOfEnd(history, checkpoint, context);
}

/**
 * The model with what it knows of its data: that of a table, or, of images, one that has it among its annotations.
 *
 * @param training of which is known only at its end
 */
function describedModel(
  model: Sequential | Autoencoder,
  { schema }: TrainingData,
  training?: TrainingRecord,
): Sequential | Autoencoder | TableModel {
  if (schema.kind === 'table') {
    return new TableModel({
      schema,
      networks: [model],
      training: training && plainRecord(training),
    });
  }
  model.annotations = plainJson({ data: schema, training });
  return model;
}

/** Of a training that has more to do. */
function codeOfEnd(
  { stopReason, warnings }: History,
  checkpoint: string | null,
  { interrupted }: CliContext,
): ExitCode {
  // What was trained since the one before is lost: the warning has said why.
  const isLost = warnings.some(({ code }) => code === 'checkpointNotWritten');
  if (checkpoint === null && isLost) return exitCodes.failure;
  return stopReason === 'timeLimit' ? exitCodes.timeLimit : codeOfInterruption(interrupted.reason);
}

function toldOfCheckpoints(report: TrainReport): RunListener {
  return {
    onStart(start) {
      const text = resumedText(start);
      if (text !== null) report.note(text);
    },
    onCheckpoint: (checkpoint) => report.checkpoint(checkpoint),
  };
}

/** A training that ends for one of these has more to do. */
const unfinished: readonly History['stopReason'][] = ['stopped', 'timeLimit'];

function goOnText({ run, resume }: TrainOptions, checkpoint: string): string {
  if (run !== undefined) return `Go on with it by: layerwise resume ${shellPath(run)}`;
  const how = resume ? 'The same command' : 'The same command with --resume';
  return `${how} goes on with ${checkpoint}.`;
}

/** Gives an autoencoder what it needs to tell anomalies. */
async function makeDetector(
  model: Autoencoder,
  { contamination, threads }: TrainOptions,
  { inputs }: TrainingData,
  report: TrainReport,
): Promise<void> {
  if (contamination === undefined) return;
  const rule = { method: 'contamination', contamination, threads } as const;
  report.calibrated(await model.detector(inputs, rule));
}

/**
 * The checkpoint of the end of a run; null where it keeps none, or has not begun.
 *
 * @throws What has kept it from being written.
 */
async function lastCheckpoint(
  run: TrainingRun,
  { run: folder, checkpoint }: TrainOptions,
): Promise<string | null> {
  if (folder === undefined && checkpoint === undefined) return null;
  return await run.checkpoint().catch((error: unknown) => {
    if (error instanceof StateError) return null;
    throw error;
  });
}

function startRun(
  model: Sequential | Autoencoder,
  options: TrainOptions,
  data: TrainingData,
  plan: TrainingPlan,
  listeners: readonly RunListener[],
): TrainingRun {
  const parts = partsOf(data, options, plan);
  const learning = {
    ...learningOptions(options, plan),
    ...checkpointOptions(options),
    threads: options.threads,
    listeners: [...listeners, ...trainingListeners(options, model, data)],
  };
  if (model.kind === 'autoencoder') {
    const own = { ...autoencodingOptions(options), validation: inputsValidation(parts) };
    return model.fit(parts.training.inputs, { ...learning, ...own });
  }
  const own = { ...supervisedOptions(options, data), validation: supervisedValidation(parts) };
  return model.fit(supervisedData(parts.training), { ...learning, ...own });
}
