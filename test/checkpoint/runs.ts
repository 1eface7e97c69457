import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeCheckpoint, openCheckpoint } from '../../lib/checkpoint/checkpointFile.js';
import type { History, Model } from '../../lib/index.js';

/** What the tests of runs that go on share. */

/** All tensors of a model, bit by bit. */
export const weightsOf = (model: Model) =>
  model.parameters.map(({ name }) => [name, Buffer.from(model.getParameter(name).buffer)] as const);

/** A history without what differs from run to run, and from number of threads to number of threads. */
export function timeless(history: History) {
  const { seconds: _, rowsPerSecond: __, threads: ___, arenaBytes: ____, ...rest } = history;
  return {
    ...rest,
    epochs: history.epochs.map(({ seconds: _, rowsPerSecond: __, ...epoch }) => epoch),
  };
}

/** The files of the checkpoints of a folder, the oldest first. */
export async function checkpointsIn(directory: string): Promise<readonly string[]> {
  const updates = (name: string): number => Number(/^checkpoint-(\d+)\./.exec(name)?.[1] ?? -1);
  const names = (await readdir(directory)).filter((name) => updates(name) >= 0);
  return names.sort((left, right) => updates(left) - updates(right));
}

/** Leaves one of the checkpoints, as if the run had been killed behind it. */
export async function cutBehind(directory: string, kept: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name !== kept) await rm(join(directory, name));
  }
}

/** Gives a checkpoint another version of what it says of its run. */
export async function ofVersion(file: string, version: number): Promise<void> {
  const checkpoint = await openCheckpoint(file);
  const record = JSON.parse(checkpoint.record) as { state: object };
  const state = await checkpoint.readState();
  await checkpoint.close();
  const text = JSON.stringify({ ...record, state: { ...record.state, version } });
  const bytes = encodeCheckpoint({ metadata: {}, model: new Map(), record: text, state });
  await writeFile(file, Buffer.concat([...bytes]));
}
