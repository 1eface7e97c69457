import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { codeOf } from '../../builtins.js';
import {
  hyperbandPruner,
  type JournaledStudy,
  medianPruner,
  noPruner,
  type OpenStudyOptions,
  openStudy,
  type Pruner,
  readStudy,
  type SharedStudy,
  type Space,
  Study,
  type StudyEvent,
  samplers,
  successiveHalvingPruner,
} from '../../search/index.js';
import { readStudyIfThere } from '../../search/openStudy.js';
import { isServerAddress } from '../../search/storage/address.js';
import { plural } from '../../terminal/style.js';
import { checkBegunJournal } from '../arguments/fileChecks.js';
import type { SearchOptions, SearchPruner } from './searchArguments.js';
import { readRecord, requireSameRecord, type StudyRecord } from './studyRecord.js';

/** The study that `search` runs: a new one, or that of a journal. */

/** What a journal holds before the search goes on with it. */
export interface KnownStudy {
  /** Null where it has none, as those that version 0.1 began. */
  readonly record: StudyRecord | null;
  readonly space: Space;
  /** Those that have ended; the others begin anew. */
  readonly trials: number;
}

/** A study of this process alone, or one that others work on too. */
export type AnyStudy = Study | SharedStudy;

/** Null where a study is yet to begin. */
export async function knownStudy(path: string, name?: string): Promise<KnownStudy | null> {
  const study = isServerAddress(path)
    ? await readStudyIfThere(path, name ?? '')
    : (await hasContent(path))
      ? await readStudy(path)
      : null;
  if (study === null) return null;
  const { context, space, trials } = study;
  const ended = trials.filter(({ state }) => state !== 'running').length;
  return { record: readRecord(context), space: space.space, trials: ended };
}

async function hasContent(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * What is to be said of the trials that a study has, if anything.
 *
 * @throws ArgumentError when they are of something else.
 */
export function recordNote(
  known: KnownStudy | null,
  record: StudyRecord,
  { study = '', studyData }: SearchOptions,
): string | null {
  // Without trials there is nothing that could be mixed.
  if (known === null || known.trials === 0) return null;
  const trials = plural(known.trials, 'trial');
  if (known.record === null) {
    return `${study} does not say which data and options its ${trials} are of, as version 0.1 wrote none of it. They are taken to be the same, and from now on it says so and refuses others.`;
  }
  requireSameRecord(known.record, record, study, studyData === 'changed');
  if (known.record.data.sha256 === record.data.sha256) return null;
  return `The ${trials} of ${study} are of other rows, ${plural(known.record.data.rows, 'row')} in ${known.record.data.file}, and count all the same.`;
}

/**
 * The study that goes on, or a new one; with its record, in its journal.
 *
 * @throws ArgumentError when another file of the command would replace the journal; as `openStudy`
 */
export async function findStudy(
  options: SearchOptions,
  space: Space,
  record: StudyRecord | null,
  onEvent: (event: StudyEvent) => void,
): Promise<AnyStudy> {
  const { seed, epochs = 1, folds } = options;
  const sampler = samplers[options.sampler]();
  // What trials report: the loss of each epoch, or the mean after each fold.
  const pruner = prunerOf(options.pruner, folds ?? epochs);
  const settings = { space, sampler, seed, pruner, onEvent };
  if (options.study === undefined) return new Study(settings);
  const study = await openKept(options.study, options, settings);
  try {
    if (!isServerAddress(options.study)) {
      const outputs = { '--out': options.out, '--results': options.results };
      await checkBegunJournal(options.study, outputs);
    }
    if (!isDeepStrictEqual(study.context, record)) await study.setContext({ ...record });
    return study;
  } catch (error) {
    await study.close();
    throw error;
  }
}

function openKept(
  address: string,
  { name, shared, checkpoints }: SearchOptions,
  settings: OpenStudyOptions<Space>,
): Promise<JournaledStudy | SharedStudy> {
  if (name !== undefined) return openStudy(address, { ...settings, name, checkpoints });
  if (shared) return openStudy(address, { ...settings, shared, checkpoints });
  return openStudy(address, settings);
}

function prunerOf(name: SearchPruner, maxSteps: number): Pruner {
  const build: Readonly<Record<SearchPruner, () => Pruner>> = {
    none: noPruner,
    // In their first epochs, networks with much dropout look worse than they are.
    median: () => medianPruner({ warmupSteps: Math.ceil(maxSteps / 10) }),
    successiveHalving: () => successiveHalvingPruner({ maxSteps }),
    hyperband: () => hyperbandPruner({ maxSteps }),
  };
  return build[name]();
}
