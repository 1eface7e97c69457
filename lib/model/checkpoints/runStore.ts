import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import {
  type CheckpointContents,
  type OpenCheckpoint,
  openCheckpoint,
} from '../../checkpoint/checkpointFile.js';
import { CheckpointFolder } from '../../checkpoint/checkpointFolder.js';
import {
  listCheckpoints,
  openNewestCheckpoint,
  type PassedOver,
} from '../../checkpoint/newestCheckpoint.js';
import { isPlainObject } from '../../checks.js';
import { fromSystemError } from '../../data/bytes.js';
import { ArgumentError, StateError } from '../../errors.js';
import { sameFile } from '../../io/fileIdentity.js';
import type { TensorValues } from '../../io/safetensors.js';
import {
  type ResolvedCheckpoint,
  type Resume,
  type SnapshotRule,
  type StoreOptions,
  snapshotRule,
} from './options.js';
import { checkedAs, decodeRun, encodeRun, type RunSnapshot } from './runRecord.js';

/** The model of a checkpoint, as a saved one. */
export type ModelContents = Pick<CheckpointContents, 'metadata' | 'model'>;

/** Where the checkpoints of a run are kept, and what it goes on from. */
export interface RunStore {
  /** Where they are kept, for warnings. */
  readonly directory: string;
  /** When snapshots are taken; undefined where none are kept. */
  readonly rule: SnapshotRule | undefined;
  /** What the run goes on from; undefined where it begins, and once it has. */
  restored: RestoredRun | undefined;
  /** Where a run that differs from the one that was kept is begun anew: gives up what was kept. */
  readonly giveUp?: () => Promise<void>;
  /** Newer checkpoints than that one, which cannot be used. */
  readonly passedOver: readonly PassedOver[];
  /**
   * Keeps a snapshot.
   *
   * @returns the path, once it is on the disk; undefined where this one is not worth it.
   * @throws Errors of the system; StateError when another process writes there.
   */
  write(run: RunSnapshot, model: ModelContents): Promise<string | undefined>;
  close(): void;
}

/** Opens it when the run is about to train. The signal is that of a run that is stopped, which writes nothing. */
export type OpenStore = (stopped: AbortSignal) => Promise<RunStore>;

/** What another process has left of a run. */
export interface RestoredRun {
  readonly path: string;
  readonly run: RunSnapshot;
  /** The tensors of the model, where the run trains all of it. */
  readonly model?: ReadonlyMap<string, Float32Array>;
  /** Whether it lies where this run keeps its own. */
  readonly isKept: boolean;
}

/** A checkpoint as it was read. */
export interface StoredRun {
  readonly path: string;
  readonly isKept: boolean;
  /** Plain data. */
  readonly record: Record<string, unknown>;
  readonly state: ReadonlyMap<string, TensorValues>;
  readonly model: ReadonlyMap<string, Float32Array>;
  /** Where the record stands, for errors. */
  readonly place: string;
}

/** The folder of a run, and what was found to go on from. */
export interface OpenRunFolder {
  readonly folder: CheckpointFolder | undefined;
  readonly stored: StoredRun | undefined;
  readonly passedOver: readonly PassedOver[];
}

/** What a checkpoint is of; their states are not alike. */
export type RunKind = 'fit' | 'pretrain';

/** @throws as `openRunFolder`; FileFormatError. */
export async function openFitStore(
  options: StoreOptions,
  stopped?: AbortSignal,
): Promise<RunStore> {
  const { folder, stored, passedOver } = await openRunFolder(options, 'fit', stopped);
  try {
    const restored = stored && {
      ...stored,
      run: decodeRun(stored.record.state, stored.state, stored.place),
    };
    return {
      directory: options.checkpoint?.directory ?? '',
      rule: options.checkpoint && snapshotRule(options.checkpoint),
      restored,
      passedOver,
      async write(run, model) {
        const { record, tensors } = encodeRun(run);
        const text = JSON.stringify({ kind: 'fit', state: record });
        return await folder?.write(run.state.updates, { ...model, record: text, state: tensors });
      },
      close: () => folder?.close(),
    };
  } catch (error) {
    folder?.close();
    throw error;
  }
}

/**
 * Opens the folder that a run writes to, and reads the checkpoint that it goes on from.
 *
 * @param stopped Of a run that is stopped: it does not wait until it may write.
 * @throws ArgumentError, StateError, FileFormatError; errors of the system.
 */
export async function openRunFolder(
  { checkpoint, resume }: StoreOptions,
  kind: RunKind,
  stopped?: AbortSignal,
): Promise<OpenRunFolder> {
  const directory = checkpoint && resolve(checkpoint.directory);
  const folder = checkpoint && (await folderToWrite(checkpoint, stopped));
  try {
    const found = await find(resume, folder, directory);
    const { stored, passedOver } = found;
    if (stored !== undefined && stored.record.kind !== kind) throw otherKind(stored, kind);
    if (folder !== undefined) folder.outdated = await outdatedIn(folder, found);
    return { folder, stored, passedOver };
  } catch (error) {
    folder?.close();
    throw error;
  }
}

/** Undefined for a run that is stopped while it waits for another writer. */
async function folderToWrite(
  { directory, keep }: ResolvedCheckpoint,
  stopped: AbortSignal | undefined,
): Promise<CheckpointFolder | undefined> {
  try {
    return await CheckpointFolder.open(resolve(directory), keep, stopped);
  } catch (error) {
    if (stopped?.aborted && error === stopped.reason) return undefined;
    throw error;
  }
}

type Found = Omit<OpenRunFolder, 'folder'>;

/** @param directory That of the folder, also where it was not opened. */
async function find(
  resume: Resume,
  folder: CheckpointFolder | undefined,
  directory: string | undefined,
): Promise<Found> {
  if (resume === false || (resume === 'auto' && directory === undefined)) {
    if (folder !== undefined) await requireEmpty(folder);
    return { stored: undefined, passedOver: [] };
  }
  if (resume === 'auto') return await newestIn(directory as string, true);
  const { path } = resume;
  const isFolder = await isFolderToRead(path);
  const isKept =
    folder !== undefined && (await sameFile(isFolder ? path : dirname(path), folder.directory));
  if (folder !== undefined && !isKept) await requireEmpty(folder);
  if (!isFolder) return { stored: await read(await openCheckpoint(path), isKept), passedOver: [] };
  const found = await newestIn(path, isKept);
  if (found.stored === undefined) throw nothingIn(path, found.passedOver);
  return found;
}

/** @throws ArgumentError when nothing is there, or it may not be read. */
async function isFolderToRead(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

async function newestIn(directory: string, isKept: boolean): Promise<Found> {
  const { checkpoint, passedOver } = await openNewestCheckpoint(directory);
  return { stored: checkpoint && (await read(checkpoint, isKept)), passedOver };
}

/** @throws FileFormatError; errors of the system. */
async function read(checkpoint: OpenCheckpoint, isKept: boolean): Promise<StoredRun> {
  const { path } = checkpoint;
  try {
    const place = `${path}: metadata 'layerwise.checkpoint'`;
    const record: unknown = checkedAs(place, () => JSON.parse(checkpoint.record));
    return {
      ...{ path, isKept, place },
      record: isPlainObject(record) ? record : {},
      state: await checkpoint.readState(),
      model: await checkpoint.readModel(),
    };
  } finally {
    await checkpoint.close();
  }
}

/** What the run does not go on from though it is newer: damaged, or left behind on purpose. */
async function outdatedIn(folder: CheckpointFolder, found: Found): Promise<readonly number[]> {
  const { stored, passedOver } = found;
  const unreadable = new Set(
    passedOver.filter(({ isDamaged }) => !isDamaged).map(({ updates }) => updates),
  );
  const all = await listCheckpoints(folder.directory);
  // By its name alone: whoever names it may write the folder in another way.
  const name = stored?.isKept ? basename(stored.path) : undefined;
  const current = all.find(({ path }) => basename(path) === name)?.updates ?? -1;
  return all
    .map(({ updates }) => updates)
    .filter((updates) => updates > current && !unreadable.has(updates));
}

/** Checkpoints of another run would be taken for those of this one. */
async function requireEmpty({ directory }: CheckpointFolder): Promise<void> {
  const [newest] = await listCheckpoints(directory);
  if (newest === undefined) return;
  throw new StateError({
    path: 'checkpoint.directory',
    expected: 'a folder without checkpoints for a run that begins',
    received: `${directory} with ${newest.path}`,
    remedy: "To go on, write resume: 'auto'; to begin anew, name another folder or remove them.",
  });
}

function otherKind({ path, record }: StoredRun, kind: RunKind): StateError {
  return new StateError({
    path: 'resume',
    expected: `a checkpoint of ${kind}`,
    received: `${path}, which is one of ${String(record.kind)}`,
    remedy: 'Give each training a folder of its own.',
  });
}

function nothingIn(path: string, passedOver: readonly PassedOver[]): ArgumentError {
  const [newest] = passedOver;
  const damaged = newest && `only damaged ones; the newest, ${newest.path}: ${newest.reason}`;
  return new ArgumentError({
    path: 'resume',
    expected: `a folder with a checkpoint, ${path}`,
    received: damaged ?? 'one without',
    remedy: "To begin where there is none, write resume: 'auto'.",
  });
}
