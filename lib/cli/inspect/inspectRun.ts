import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, relative, sep } from 'node:path';
import { listCheckpoints, openNewestCheckpoint } from '../../checkpoint/newestCheckpoint.js';
import { type CheckpointFacts, checkpointFacts } from '../../model/checkpoints/facts.js';
import { formatBytes, formatCount } from '../../quantities.js';
import { foldersOfNetworks } from '../../tables/networkFolders.js';
import { formatNumber, painted, plural } from '../../terminal/style.js';
import { readConfiguration } from '../arguments/configuration.js';
import type { CliContext } from '../context.js';
import { commandWords } from '../run/commandWords.js';
import { type Epoch, readEpochs } from '../run/epochLines.js';
import { runFiles } from '../run/runFiles.js';
import { type RunResult, readResult, writerOfRun } from '../run/runFolder.js';
import { shellPath } from '../terminal/shellText.js';
import { positionText } from './checkpointText.js';
import type { InspectOptions } from './inspectArguments.js';
import { describe, type Row } from './sections.js';

/** What lies in the folder of a run: how it was called, how far it is, its best epoch, its checkpoints. */
export async function describeRun(
  { file: folder, json }: InspectOptions,
  { stdout }: CliContext,
): Promise<void> {
  const run = await runIn(folder);
  if (json) {
    stdout.json({ file: folder, kind: 'run', ...run });
    return;
  }
  stdout.line(painted('bold', folder), `: a run, ${stateText(run)}`);
  stdout.line();
  // Not wrapped: it is there to be copied.
  stdout.line(`  ${run.command}`);
  describe('Training', trainingRows(run), stdout);
  describe('Checkpoints', checkpointsRows(run, runFiles(folder).checkpoints), stdout);
  if (run.state !== 'ended') return;
  stdout.line();
  stdout.paragraph(`Go on with it by: layerwise resume ${shellPath(folder)}`);
}

/** `over`: its model is saved; `running`: a process works on it; `ended`: the next one goes on. */
type RunState = 'over' | 'running' | 'ended';

interface DescribedRun {
  readonly state: RunState;
  /** Who works on it, if somebody does. */
  readonly writer: string | null;
  /** Trains the same once more, or goes on with it. */
  readonly command: string;
  /** The options, as the folder has them. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Epochs that have ended, and that were asked for; of several networks, those of the one that trained last. */
  readonly epochs: number;
  readonly wanted: number;
  /** How many networks there are to be. */
  readonly members: number;
  /** Lines of `metrics.jsonl`; null where there are none. */
  readonly last: Epoch | null;
  readonly best: Epoch | null;
  /** The newest first. */
  readonly checkpoints: readonly SizedFile[];
  /** Where the newest whole one is. */
  readonly position: (CheckpointFacts & { readonly path: string }) | null;
  /** Newer ones that cannot be used, and why. */
  readonly damaged: readonly { readonly path: string; readonly reason: string }[];
  readonly model: SizedFile | null;
  /** How it has ended. */
  readonly result: RunResult | null;
}

async function runIn(folder: string): Promise<DescribedRun> {
  const files = runFiles(folder);
  const { settings: config } = readConfiguration(files.config);
  const result = await readResult(folder);
  const writer = await writerOfRun(folder);
  const { last, best, count } = await epochsIn(files.metrics);
  const isOver = result !== null && existsSync(files.model);
  return {
    state: writer !== null ? 'running' : isOver ? 'over' : 'ended',
    writer,
    command: commandWords(config, folder),
    config,
    epochs: count,
    wanted: Number(config.epochs),
    members: Number(config.members ?? 1),
    last,
    best,
    ...(await checkpointsIn(files.checkpoints)),
    model: existsSync(files.model) ? await sizeOf(files.model) : null,
    result,
  };
}

async function checkpointsIn(
  directory: string,
): Promise<Pick<DescribedRun, 'checkpoints' | 'position' | 'damaged'>> {
  const folders = await foldersOfNetworks(directory);
  const parts = await Promise.all([directory, ...folders].map(checkpointsOfOne));
  return {
    checkpoints: parts.flatMap(({ checkpoints }) => checkpoints).reverse(),
    // Those before the last one are over.
    position: parts.findLast(({ position }) => position !== null)?.position ?? null,
    damaged: parts.flatMap(({ damaged }) => damaged),
  };
}

async function checkpointsOfOne(
  directory: string,
): Promise<Pick<DescribedRun, 'checkpoints' | 'position' | 'damaged'>> {
  const all = await listCheckpoints(directory);
  const { checkpoint, passedOver } = await openNewestCheckpoint(directory);
  await checkpoint?.close();
  const path = checkpoint?.path;
  return {
    checkpoints: (await Promise.all(all.map(({ path }) => sizeOf(path)))).reverse(),
    position: path === undefined ? null : { path, ...(await checkpointFacts(path)) },
    damaged: passedOver.map(({ path, reason }) => ({ path, reason })),
  };
}

async function sizeOf(path: string): Promise<SizedFile> {
  return { path, bytes: (await stat(path)).size };
}

/**
 * The newest epoch of the numbers of a run, and that with the least loss: of the validation, where there is one. Of several
 * networks, those of the last one.
 */
async function epochsIn(
  path: string,
): Promise<{ last: Epoch | null; best: Epoch | null; count: number }> {
  let last: Epoch | null = null;
  let best: Epoch | null = null;
  let count = 0;
  for (const epoch of await readEpochs(path)) {
    if (last !== null && !isOfSame(last, epoch)) {
      count = 0;
      // A last training on all rows has nothing to compare with.
      if (!epoch.refit) best = null;
    }
    count++;
    last = epoch;
    if (!epoch.refit && (best === null || lossOf(epoch) < lossOf(best))) best = epoch;
  }
  return { last, best, count };
}

function isOfSame(one: Epoch, other: Epoch): boolean {
  return one.member === other.member && one.refit === other.refit;
}

function lossOf({ validation, loss }: Epoch): number {
  return (validation ?? { loss }).loss ?? Number.POSITIVE_INFINITY;
}

function stateText(run: DescribedRun): string {
  const { state, writer, result } = run;
  const done = doneText(run);
  if (state === 'running') return `which ${writer} works on: ${done}`;
  if (state === 'over') return `over (${result?.stopReason}): ${done}`;
  return `not over: ${done}`;
}

function doneText({ epochs, wanted, members, last }: DescribedRun): string {
  if (last?.refit) return `${plural(epochs, 'epoch')} on all rows`;
  const done = `${formatCount(epochs)} of ${plural(wanted, 'epoch')}`;
  return members > 1 ? `network ${last?.member ?? 1} of ${members}, ${done}` : done;
}

function trainingRows({ config, last, best, model }: DescribedRun): readonly Row[] {
  const rows: Row[] = [['data', String(config.data)]];
  if (last !== null) rows.push(['last epoch', epochText(last)]);
  if (best !== null) rows.push(['best epoch', epochText(best)]);
  rows.push(['model', model === null ? 'none yet' : fileText(model)]);
  return rows;
}

function epochText({ epoch, loss, validation }: Epoch): string {
  const measured = validation === null ? '' : `, validation loss ${lossText(validation.loss)}`;
  return `${formatCount(epoch)}, loss ${lossText(loss)}${measured}`;
}

/** JSON has no words for NaN and the infinities. */
function lossText(loss: number | null): string {
  return loss === null ? 'not finite' : formatNumber(loss);
}

interface SizedFile {
  readonly path: string;
  readonly bytes: number;
}

function fileText({ path, bytes }: SizedFile, name = basename(path)): string {
  return `${name} (${formatBytes(bytes)})`;
}

/** @param directory that they lie in, or in folders of it. */
function checkpointsRows(
  { checkpoints, position, damaged }: DescribedRun,
  directory: string,
): readonly Row[] {
  if (checkpoints.length === 0) return [['none', '']];
  return checkpoints.map((checkpoint): Row => {
    const { path } = checkpoint;
    const text = fileText(checkpoint, relative(directory, path).split(sep).join('/'));
    const reason = damaged.find((one) => one.path === path)?.reason;
    if (reason !== undefined) return [text, `cannot be used: ${reason}`];
    return [text, position?.path === path ? positionText(position) : ''];
  });
}
