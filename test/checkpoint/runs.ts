import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
