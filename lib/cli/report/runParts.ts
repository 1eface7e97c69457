import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { openNewestCheckpoint } from '../../checkpoint/newestCheckpoint.js';
import { ArgumentError } from '../../errors.js';
import type { ReportParts } from '../../report/collect.js';
import type { TrainedEpochs } from '../../report/data/curves.js';
import { factsOf } from '../../report/facts.js';
import { readConfiguration } from '../arguments/configuration.js';
import type { CliContext } from '../context.js';
import { type Epoch, readEpochs } from '../run/epochLines.js';
import { runFiles } from '../run/runFiles.js';
import { type RunResult, readResult } from '../run/runFolder.js';
import { modelParts } from './modelParts.js';
import type { ReportOptions } from './reportArguments.js';

/** A run: its curves, and the model that it has so far. */
export async function runParts(
  options: ReportOptions,
  context: CliContext,
): Promise<Omit<ReportParts, 'language'>> {
  const { source: folder } = options;
  const files = runFiles(folder);
  if (!existsSync(files.config)) {
    throw new ArgumentError({
      path: folder,
      expected: 'the folder of a run, a model, or the journal of a search',
      received: 'a folder without config.json',
    });
  }
  const { settings } = readConfiguration(files.config);
  const result = await readResult(folder);
  const trainings = trainingsOf(await readEpochs(files.metrics), result);
  const path = existsSync(files.model) ? files.model : await newestModel(files.checkpoints);
  if (path === null && options.data !== undefined) {
    throw new ArgumentError({
      path: folder,
      expected: 'a run with a model, or a checkpoint, to judge by rows',
      received: 'one that has neither yet',
    });
  }
  const model = path === null ? undefined : await modelParts(path, options, context);
  const { facts = [], judged } = model ?? {};
  const isOwn = options.data !== undefined && isSameFile(options.data, settings.data, folder);
  return {
    ...model,
    title: basename(resolve(folder)),
    subject: 'training',
    facts: [
      ...factsOf({ data: basename(String(settings.data)) }),
      ...facts.filter(({ name }) => name !== 'model'),
      ...epochFacts(trainings, result),
    ],
    trainings,
    ...(judged && isOwn && { judged: { ...judged, rows: { ...judged.rows, from: 'training' } } }),
  };
}

/** Paths of a run are relative to its folder. */
function isSameFile(path: string, ofRun: unknown, folder: string): boolean {
  return resolve(path) === resolve(folder, String(ofRun));
}

/** The newest checkpoint of one network is a model, too; those of several are none together. */
async function newestModel(folder: string): Promise<string | null> {
  if (!existsSync(folder)) return null;
  const { checkpoint } = await openNewestCheckpoint(folder);
  await checkpoint?.close();
  return checkpoint?.path ?? null;
}

/** The epochs of each of the trainings that follow each other. */
function trainingsOf(epochs: readonly Epoch[], result: RunResult | null): TrainedEpochs[] {
  const parts: Epoch[][] = [];
  for (const epoch of epochs) {
    const last = parts.at(-1);
    const before = last?.at(-1);
    if (last === undefined || before === undefined || !isOfSame(before, epoch)) parts.push([epoch]);
    else last.push(epoch);
  }
  const bestEpoch = typeof result?.bestEpoch === 'number' ? result.bestEpoch : null;
  return parts.map((own) => ({
    epochs: own,
    member: own[0]?.member,
    refit: own[0]?.refit,
    bestEpoch: parts.length === 1 ? bestEpoch : null,
  }));
}

function isOfSame(one: Epoch, other: Epoch): boolean {
  return one.member === other.member && one.refit === other.refit;
}

function epochFacts(trainings: readonly TrainedEpochs[], result: RunResult | null) {
  const last = trainings.at(-1)?.epochs.at(-1);
  const count = trainings.reduce((sum, { epochs }) => sum + epochs.length, 0);
  const seconds = result?.seconds;
  return factsOf({
    epochs: count,
    loss: last?.loss,
    validationLoss: last?.validation?.loss,
    seconds: typeof seconds === 'number' ? Number(seconds.toPrecision(4)) : undefined,
    stopReason: result?.stopReason,
  });
}
