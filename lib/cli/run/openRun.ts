import { existsSync } from 'node:fs';
import type { History, RunListener } from '../../index.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import type { Printer } from '../../terminal/printer.js';
import { plural } from '../../terminal/style.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { failureLines, failureOf } from '../failure.js';
import type { TrainOptions } from '../train/trainArguments.js';
import { finalEpoch } from '../training/finalEpoch.js';
import { metricsFile } from './metricsFile.js';
import type { RunFiles } from './runFiles.js';
import { RunFolder, type RunResult } from './runFolder.js';
import { openRunLog } from './runLog.js';
import { requireNewRun } from './runSettings.js';

/** The folder of a run while it trains: what the training tells it. */
export interface OpenRun {
  readonly files: RunFiles;
  readonly log: Printer;
  readonly listeners: readonly RunListener[];
  /** The training is about to begin, or to go on. */
  begin(options: TrainOptions, plan: TrainingPlan): Promise<void>;
  /** @throws StateError when another process has taken the folder over. */
  confirm(): void;
  /** The training is over, and its model is saved. */
  end(history: History, plan: TrainingPlan): Promise<void>;
}

/**
 * Trains in the folder of a run, unless the run that is there is over.
 *
 * @throws StateError when another process works on it; ArgumentError when another run has begun there meanwhile.
 */
export async function inRunFolder(
  path: string,
  { resume, epochs = 0, json }: TrainOptions,
  { stdout, interrupted }: CliContext,
  train: (run: OpenRun) => Promise<ExitCode>,
): Promise<ExitCode> {
  const folder = await RunFolder.open(path, interrupted);
  try {
    if (!resume) requireNewRun(path);
    const result = await folder.result();
    if (result !== null && epochs <= result.wanted && existsSync(folder.files.model)) {
      if (json) stdout.json({ type: 'finished', run: path, ...result });
      else stdout.paragraph(finishedText(folder, result));
      return exitCodes.ok;
    }
    return await logged(folder, train);
  } finally {
    folder.close();
  }
}

function finishedText({ path, files }: RunFolder, { epochs }: RunResult): string {
  return `The run in ${path} is over, after ${plural(epochs, 'epoch')}. Its model is ${files.model}. More --epochs go on with it; other rows want a run in another folder.`;
}

async function logged(
  folder: RunFolder,
  train: (run: OpenRun) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { printer: log, close } = openRunLog(folder.files.log);
  try {
    const code = await train(openRun(folder, log));
    log.line(`Ended with the exit code ${code}.`);
    return code;
  } catch (error) {
    for (const line of failureLines(failureOf(error), false)) log.line(...line);
    throw error;
  } finally {
    close();
  }
}

function openRun(folder: RunFolder, log: Printer): OpenRun {
  return {
    files: folder.files,
    log,
    listeners: [metricsFile(folder.files.metrics, () => folder.confirm())],
    begin: (options, plan) => folder.writeSettings(settingsOf(options, plan)),
    confirm: () => folder.confirm(),
    end: (history, plan) => folder.writeResult(resultOf(history, plan)),
  };
}

/** What was chosen from the data is kept too: the run goes on with it. */
function settingsOf({ settings = {}, optimizer, from }: TrainOptions, plan: TrainingPlan): object {
  const { epochs, batchSize, hidden, code } = plan;
  const network = from === undefined ? { hidden, ...(code !== null && { code }) } : {};
  return { ...settings, ...network, epochs, batchSize, learningRate: optimizer.learningRate };
}

function resultOf(history: History, { epochs: wanted }: TrainingPlan): RunResult {
  const { stopReason, epochs, bestEpoch, seconds } = history;
  const { loss = null, metrics = {}, validation = null } = finalEpoch(history) ?? {};
  return {
    stopReason,
    epochs: epochs.length,
    wanted,
    bestEpoch,
    loss,
    metrics,
    validation,
    seconds,
  };
}
