import { countRule, describeValue, requireObject, requirePath } from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import { optionText } from '../../optionText.js';
import {
  dependent,
  type InputsOf,
  integer,
  optionalInteger,
  optionalNumber,
  readOnlyOptions,
  type ValuesOf,
} from '../optionRows.js';

/** When checkpoints are taken, where they lie, and whether a run goes on from one. */

const timingRows = {
  /**
   * After so many seconds of training since the one before. Above 0.
   *
   * @default 60 where none of the three is given
   */
  everySeconds: optionalNumber({ minimum: 0, minimumExclusive: true }),
  /**
   * After every so many epochs.
   *
   * @default not by epochs
   */
  everyEpochs: optionalInteger(countRule),
  /**
   * After every so many updates, counted over the whole run; later where the checkpoint before is still being
   * written, as one is under way at a time.
   *
   * @default not by updates
   */
  everyUpdates: optionalInteger(countRule),
  /**
   * How many stay, 2 or more: the newest ones.
   *
   * @default 2
   */
  keep: integer({ minimum: 2, maximum: 1_000_000 }, 2),
};

const folderRows = {
  /**
   * The folder that they are written to; it is made where there is none. One run at a time may write there.
   */
  directory: dependent<string, string, unknown>((given, path) => requirePath(given, path)),
};

/** When checkpoints are taken, and how many stay. */
export interface CheckpointTiming extends InputsOf<typeof timingRows> {}

/**
 * Checkpoints of a run: files with all that the rest of it depends on, so that another process can go on with it. Each of
 * them is a saved model, too, which `load` reads. One is written at the end of the run as well, however it ends.
 */
export interface CheckpointOptions extends CheckpointTiming {
  /**
   * The folder that they are written to; it is made where there is none. One run at a time may write there.
   */
  readonly directory: string;
}

export type ResolvedTiming = ValuesOf<typeof timingRows>;
export type ResolvedCheckpoint = ResolvedTiming & ValuesOf<typeof folderRows>;

/** When the core takes a snapshot. */
export type SnapshotRule = Omit<ResolvedTiming, 'keep'>;

export function snapshotRule(timing: ResolvedTiming): SnapshotRule {
  const { everySeconds, everyEpochs, everyUpdates } = timing;
  const isGiven = [everySeconds, everyEpochs, everyUpdates].some((count) => count !== undefined);
  return { everySeconds: isGiven ? everySeconds : 60, everyEpochs, everyUpdates };
}

/** @throws ArgumentError */
export function readCheckpoint(given: unknown, path: string): ResolvedCheckpoint {
  if (typeof given === 'string' || given === true) {
    throw new ArgumentError({
      path,
      expected: 'an object with a directory',
      received: describeValue(given),
      remedy: "Write { directory: 'checkpoints' }, say.",
    });
  }
  const rows = { ...folderRows, ...timingRows };
  return readOnlyOptions(rows, requireObject(given, path), path, undefined);
}

/**
 * The same for a run whose folder is known.
 *
 * @throws ArgumentError
 */
export function readTiming(given: unknown, path: string): ResolvedTiming {
  return readOnlyOptions(timingRows, requireObject(given, path), path, undefined);
}

/** Whether a run goes on: not, where there is something to go on from, or from this file or folder. */
export type Resume = false | 'auto' | { readonly path: string };

/** @throws ArgumentError */
export function readResume(given: unknown, path: string): Resume {
  if (given === false || given === 'auto') return given;
  if (typeof given === 'string' && given !== '' && !given.includes('\0')) return { path: given };
  throw new ArgumentError({
    path,
    expected: "'auto', false, or the path of a checkpoint or of a folder with some",
    received: describeValue(given),
    remedy: given === true ? "Write 'auto'." : '',
  });
}

/** What a run is told of its checkpoints. */
export interface StoreOptions {
  readonly checkpoint: ResolvedCheckpoint | undefined;
  readonly resume: Resume;
}

/** @throws ArgumentError for a run that would look for its checkpoints nowhere. */
export function requireFolderToResume(resume: Resume, checkpoint: object | undefined): void {
  if (resume !== 'auto' || checkpoint !== undefined) return;
  throw new ArgumentError({
    path: 'resume',
    expected: `the option ${optionText('checkpoint')} beside 'auto'`,
    received: 'none',
    remedy:
      "Write checkpoint: { directory: 'checkpoints' }, say, or give the path of a checkpoint.",
  });
}
