import { basename } from 'node:path';
import { ArgumentError } from '../../errors.js';
import type { Intervals } from '../../tables/intervals.js';
import { anyCheckpoint } from '../../tables/networkFolders.js';
import { planDivided } from '../../tables/tableData.js';
import type { TrainedTable } from '../../tables/tableTraining.js';
import { trainingRecordOf } from '../../tables/trainingRecord.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { trainReport, withReport } from '../reports.js';
import { inRunFolder, type OpenRun } from '../run/openRun.js';
import { withDetectionDefaults } from '../training/detectionDefaults.js';
import { type KnownModel, knownModel, withKnownModel } from '../training/knownModel.js';
import { readTrainingData } from '../training/readTrainingData.js';
import { withTabularDefaults } from '../training/tabularDefaults.js';
import type { TrainingData } from '../training/trainingData.js';
import { watched } from '../watch/watch.js';
import type { NetworkTraining, TrainedModel, WantedTraining } from './networkTraining.js';
import { oneNetwork } from './oneNetwork.js';
import { save } from './savedModel.js';
import { severalNetworks } from './severalNetworks.js';
import type { TrainOptions } from './trainArguments.js';
import { requireIntervalData, trainIntervals } from './trainIntervals.js';
import { writeTrainPage } from './trainPage.js';
import type { TrainReport } from './trainReport.js';
import { codeOfEnd, goOnText, isUnfinished } from './unfinished.js';

/** `layerwise train`. */
export async function train(given: TrainOptions, context: CliContext): Promise<ExitCode> {
  return await watched(given, 'training', context, (own) => trainWatched(given, own));
}

async function trainWatched(given: TrainOptions, context: CliContext): Promise<ExitCode> {
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
  requireIntervalData(data, options);
  const plan = planDivided(options, data);
  const wanted: WantedTraining = { data, plan, options, known, folder };
  const isJudged = plan.members > 1 || plan.refits;
  const training = isJudged ? severalNetworks(wanted) : await oneNetwork(wanted);
  await folder?.begin(options, plan);
  await training.begin(report);
  context.interrupted.throwIfAborted();
  const { trained, checkpoint } = await training.run(context, report);
  const intervals = isUnfinished(trained) ? null : await trainIntervals(wanted, context, report);
  const hasMore = intervals === null;
  // The model of a run is that of its end: before that, its checkpoints are what there is.
  if (!hasMore || folder === undefined) {
    const ended = { trained, intervals: intervals ?? undefined };
    const model = await saveTrained(wanted, training, ended, report);
    const { histories } = trained;
    await writeTrainPage({ model, histories, data, plan, options }, context, report);
  }
  if (!hasMore) {
    await folder?.end(trained, plan, data);
    return exitCodes.ok;
  }
  if (checkpoint !== null) report.note(goOnText(options, checkpoint));
  return codeOfEnd(trained, checkpoint, context);
}

async function saveTrained(
  { data, plan, options, folder }: WantedTraining,
  training: NetworkTraining,
  {
    trained,
    intervals,
  }: { readonly trained: TrainedTable; readonly intervals: Intervals | undefined },
  report: TrainReport,
): Promise<TrainedModel> {
  const { optimizer, seed } = options;
  const told = { file: basename(options.data), task: data.task, optimizer, seed };
  const record = trainingRecordOf(told, plan, trained);
  const model = await training.modelOf(trained, { record, intervals }, report);
  folder?.confirm();
  await save(model, folder?.files.model ?? options.out, report);
  return model;
}
