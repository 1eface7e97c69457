import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileFormatError } from '../errors.js';
import { type ResolvedTiming, snapshotRule } from '../model/checkpoints/options.js';
import { openFitStore, type RunStore } from '../model/checkpoints/runStore.js';

/** The checkpoints of the trainings of trials: beside the journal, as long as a trial runs. */

/** @param checkpoints That of all trials. */
export function trialFolder(checkpoints: string | undefined, trial: number): string | undefined {
  return checkpoints === undefined ? undefined : join(checkpoints, `trial-${trial}`);
}

/** Nobody goes on with a trial that has ended. */
export async function removeTrialFolder(folder: string | undefined): Promise<void> {
  if (folder === undefined || !existsSync(folder)) return;
  await rm(folder, { recursive: true, force: true }).catch(() => {});
  // Unless other trials run.
  await rmdir(dirname(folder)).catch(() => {});
}

/**
 * The store of a training of a trial. Nothing is made until the first checkpoint is due: most trainings of a search are
 * over before. What was kept of a training with other options is begun anew, as the objective may have been changed;
 * and so is what another version has kept in a way that this one does not know, with a warning that names it.
 */
export async function openTrialStore(directory: string, timing: ResolvedTiming): Promise<RunStore> {
  const open = () => openFitStore({ checkpoint: { ...timing, directory }, resume: 'auto' });
  const kept = existsSync(directory) ? await openKept(directory, open) : undefined;
  let opened = kept?.store;
  const restored = opened?.restored;
  if (opened !== undefined) opened.restored = undefined;
  return {
    directory,
    restored,
    async giveUp() {
      opened?.close();
      opened = undefined;
      await rm(directory, { recursive: true, force: true });
    },
    rule: snapshotRule(timing),
    passedOver: kept?.passedOver ?? [],
    async write(run, model) {
      if (opened === undefined && run.state.complete) return undefined;
      opened ??= await open();
      return await opened.write(run, model);
    },
    close: () => opened?.close(),
  };
}

interface KeptTraining extends Pick<RunStore, 'passedOver'> {
  /** Undefined where nothing of it can be used. */
  readonly store: RunStore | undefined;
}

async function openKept(directory: string, open: () => Promise<RunStore>): Promise<KeptTraining> {
  try {
    const store = await open();
    return { store, passedOver: store.passedOver };
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    await rm(directory, { recursive: true, force: true });
    const { path, expected, received } = error;
    const unknown = { path, updates: 0, reason: `${expected} expected, ${received}` };
    return { store: undefined, passedOver: [{ ...unknown, isDamaged: true }] };
  }
}
