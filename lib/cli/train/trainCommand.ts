import { basename } from 'node:path';
import { ArgumentError } from '../../errors.js';
import type { Autoencoder, History, RunListener, Sequential, TrainingRun } from '../../index.js';
import type { Intervals } from '../../tables/intervals.js';
import { anyCheckpoint, requireSameLayout } from '../../tables/networkFolders.js';
import { planDivided } from '../../tables/tableData.js';
import { TableModel } from '../../tables/tableModel.js';
import type { TrainedTable } from '../../tables/tableTraining.js';
import { buildModel, type TrainingPlan } from '../../tables/trainingPlan.js';
import { plainRecord, type TrainingRecord, trainingRecordOf } from '../../tables/trainingRecord.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { trainReport, withReport } from '../reports.js';
import { inRunFolder, type OpenRun } from '../run/openRun.js';
import { withDetectionDefaults } from '../training/detectionDefaults.js';
import { finalEpoch } from '../training/finalEpoch.js';
import { follow } from '../training/followRun.js';
import { type KnownModel, knownModel, withKnownModel } from '../training/knownModel.js';
import { readTrainingData } from '../training/readTrainingData.js';
import { withTabularDefaults } from '../training/tabularDefaults.js';
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
import {
  codeOfEnd,
  goOnText,
  isUnfinished,
  lastCheckpoint,
  toldOfCheckpoints,
} from './trainEnd.js';
import { requireEnds, trainEnds } from './trainEnds.js';
import { trainNetworks } from './trainNetworks.js';
import type { TrainReport } from './trainReport.js';

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
    const all = withTabularDefaults(withDetectionDefaults(options, data, known?.model), data);
    report.data(data, planDivided(all, data));
    return await trainOn(data, all, context, report, { known, folder });
  });
}

/** @throws ArgumentError when a training that begins would mix its checkpoints with others. */
async function requireNoCheckpoints({ checkpoint, resume }: TrainOptions): Promise<void> {
  if (checkpoint === undefined || resume) return;
  const newest = await anyCheckpoint(checkpoint);
  if (newest === undefined) return;
  throw new ArgumentError({
    path: '--checkpoint',
    expected: 'a folder without checkpoints for a training that begins',
    received: `one with ${newest}`,
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
  requireEnds(data, options);
  const plan = planDivided(options, data);
  if (plan.members > 1 || plan.refits) {
    const networks = { data, plan, options, known: known?.networks, folder };
    return await trainNetworks(networks, context, report);
  }
  const model = known?.model ?? buildModel(options, data, plan);
  const { checkpoints = options.checkpoint } = folder?.files ?? {};
  if (checkpoints !== undefined) await requireSameLayout(checkpoints, true);
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
  const isOver = !isUnfinished(history);
  // The model of a run is that of its end: before that, its checkpoints are what there is.
  if (isOver || folder === undefined) {
    if (model.kind === 'autoencoder') await makeDetector(model, options, data, report);
    const told = { ...options, ...data, file: basename(options.data) };
    const training = trainingRecordOf(told, plan, trainedAlone(model, history));
    const wanted = { data, plan, options };
    const intervals = isOver ? await trainEnds(wanted, context, report) : undefined;
    const saved = describedModel(model, data, training, intervals);
    folder?.confirm();
    await save(saved, folder?.files.model ?? options.out, report);
  }
  if (isOver) {
    await folder?.end(trainedAlone(model, history), plan, data);
    return exitCodes.ok;
  }
  if (checkpoint !== null) report.note(goOnText(options, checkpoint));
  return codeOfEnd(trainedAlone(model, history), checkpoint, context);
}

/** One network that is told of as several are. */
function trainedAlone(network: Sequential | Autoencoder, history: History): TrainedTable {
  const { stopReason } = history;
  return {
    ...{ networks: [network], histories: [history], stopReason },
    ...{ judgement: null, temperature: null },
  };
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
  intervals?: Intervals,
): Sequential | Autoencoder | TableModel {
  if (schema.kind === 'table') {
    return new TableModel({
      schema,
      networks: [model],
      training: training && plainRecord(training),
      intervals,
    });
  }
  model.annotations = plainJson({ data: schema, training });
  return model;
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
    listeners: [...listeners, ...trainingListeners(options, () => model, data)],
  };
  if (model.kind === 'autoencoder') {
    const own = { ...autoencodingOptions(options), validation: inputsValidation(parts) };
    return model.fit(parts.training.inputs, { ...learning, ...own });
  }
  const own = { ...supervisedOptions(options, data), validation: supervisedValidation(parts) };
  return model.fit(supervisedData(parts.training), { ...learning, ...own });
}
