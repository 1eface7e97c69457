import { existsSync } from 'node:fs';
import { messageOf } from '../../builtins.js';
import { ArgumentError } from '../../errors.js';
import type { RunListener } from '../../index.js';
import type { TrainedTable } from '../../tables/tableTraining.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import type { Printer } from '../../terminal/printer.js';
import { plural } from '../../terminal/style.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { failureLines, failureOf } from '../failure.js';
import { shellPath } from '../terminal/shellText.js';
import type { TrainOptions } from '../train/trainArguments.js';
import { finalEpoch } from '../training/finalEpoch.js';
import { inputFiles } from '../training/readTrainingData.js';
import type { TrainingData } from '../training/trainingData.js';
import { metricsFile } from './metricsFile.js';
import { factsOf, requireSameRows, runDataOf } from './runData.js';
import type { RunFiles } from './runFiles.js';
import { RunFolder, type RunResult } from './runFolder.js';
import { openRunLog } from './runLog.js';
import { requireNewRun } from './runSettings.js';

/** The folder of a run while it trains: what the training tells it. */
export interface OpenRun {
  readonly files: RunFiles;
  readonly log: Printer;
  /** @param note Is told of files that cannot be written, and which end no training. */
  listeners(note: (text: string) => void): readonly RunListener[];
  /** The training is about to begin, or to go on. */
  begin(options: TrainOptions, plan: TrainingPlan): Promise<void>;
  /** @throws StateError when another process has taken the folder over. */
  confirm(): void;
  /** The training is over, and its model is saved. */
  end(trained: TrainedTable, plan: TrainingPlan, data: TrainingData): Promise<void>;
}

/** What is done in the folder of a run. */
interface RunWork {
  train(run: OpenRun): Promise<ExitCode>;
  /** Reads the rows alone, to compare them with those of a run that is over. */
  read(): Promise<TrainingData>;
}

type FileFacts = NonNullable<Awaited<ReturnType<typeof factsOf>>>;

/**
 * Trains in the folder of a run, unless the run that is there is over.
 *
 * @throws StateError when another process works on it; ArgumentError when another run has begun there meanwhile, and for
 * rows that are not there, or others than those of a run that is over.
 */
export async function inRunFolder(
  path: string,
  options: TrainOptions,
  context: CliContext,
  { train, read }: RunWork,
): Promise<ExitCode> {
  const { resume, epochs = 0, data } = options;
  const folder = await RunFolder.open(path, context.interrupted);
  try {
    if (!resume) requireNewRun(path);
    const files = await factsOf(inputFiles(options));
    const result = await folder.result();
    if (result !== null && epochs <= result.wanted && existsSync(folder.files.model)) {
      // Nobody needs the rows any more, and may have removed them.
      if (files !== null && result.data !== undefined) {
        await requireSameRows(result.data, path, data, files, read);
      }
      tellFinished(folder, result, options, context);
      return exitCodes.ok;
    }
    if (files === null && existsSync(folder.files.config)) throw missingRows(options, path);
    return await logged(folder, files ?? [], train);
  } finally {
    folder.close();
  }
}

function missingRows({ data }: TrainOptions, path: string): ArgumentError {
  return new ArgumentError({
    path: data,
    expected: `the rows of the run in ${path}`,
    received: 'no such file',
    remedy: `Say where they lie: layerwise resume ${shellPath(path)} <data>.`,
  });
}

function tellFinished(
  { path, files }: RunFolder,
  { data: _, ...result }: RunResult,
  { json }: TrainOptions,
  { stdout }: CliContext,
): void {
  if (json) stdout.json({ type: 'finished', run: path, ...result });
  else {
    stdout.paragraph(
      `The run in ${path} is over, after ${plural(result.epochs, 'epoch')}. Its model is ${files.model}. More --epochs go on with it.`,
    );
  }
}

async function logged(
  folder: RunFolder,
  files: FileFacts,
  train: (run: OpenRun) => Promise<ExitCode>,
): Promise<ExitCode> {
  const trouble = new Trouble();
  const { printer: log, close } = openRunLog(folder.files.log, (error) => {
    trouble.happened(`The log is not written: ${messageOf(error)}. It follows when it can.`);
  });
  try {
    const code = await train(openRun(folder, files, log, trouble));
    log.line(`Ended with the exit code ${code}.`);
    return code;
  } catch (error) {
    for (const line of failureLines(failureOf(error), false)) log.line(...line);
    throw error;
  } finally {
    close();
  }
}

/** Something to be told once, as soon as there is somebody to tell. */
class Trouble {
  #text: string | undefined;
  #tell: ((text: string) => void) | undefined;

  happened(text: string): void {
    if (this.#text !== undefined) return;
    this.#text = text;
    this.#tell?.(text);
  }

  tellTo(tell: (text: string) => void): void {
    this.#tell = tell;
    if (this.#text !== undefined) tell(this.#text);
  }
}

function openRun(folder: RunFolder, files: FileFacts, log: Printer, trouble: Trouble): OpenRun {
  return {
    files: folder.files,
    log,
    listeners(note) {
      trouble.tellTo(note);
      return [metricsFile(folder.files.metrics, { confirm: () => folder.confirm(), note })];
    },
    begin: (options, plan) => folder.writeSettings(settingsOf(options, plan)),
    confirm: () => folder.confirm(),
    async end(trained, plan, data) {
      await folder.writeResult(resultOf(trained, plan, await runDataOf(files, data)));
    },
  };
}

/** What was chosen from the data is kept too: the run goes on with it. */
function settingsOf({ settings = {}, optimizer, from }: TrainOptions, plan: TrainingPlan): object {
  // What follows from the data does so again.
  const { optimizer: named, ...others } = settings;
  const kept = named === optimizer.type ? settings : others;
  const { epochs, batchSize, hidden, code, members } = plan;
  const network = from === undefined ? { hidden, members, ...(code !== null && { code }) } : {};
  return { ...kept, ...network, epochs, batchSize, learningRate: optimizer.learningRate };
}

function resultOf(
  { histories, networks, judgement, temperature, stopReason }: TrainedTable,
  { epochs: wanted, members, refits }: TrainingPlan,
  data: RunResult['data'],
): RunResult {
  const [first] = histories;
  const epochs = histories.map((history) => history.epochs.length);
  const { loss = null, metrics = {}, validation = null } = finalEpoch(first) ?? {};
  const measured =
    judgement === null
      ? { bestEpoch: first.bestEpoch, loss, metrics, validation }
      : { outOfFold: judgement, temperature };
  return {
    stopReason,
    epochs: members > 1 ? Math.max(...epochs) : first.epochs.length,
    wanted,
    ...(members > 1 && { members: networks.length }),
    ...(refits && { bestEpoch: first.bestEpoch, refit: { epochs: epochs[1] } }),
    ...measured,
    seconds: histories.reduce((sum, { seconds }) => sum + seconds, 0),
    data,
  };
}
