import { resolve } from 'node:path';
import { requireKnownKeys, requireObject } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { pathBeside } from '../io/paths.js';
import { identityLine, JournalReader } from './journalFormat.js';
import type { ContextOption } from './sameStudy.js';
import { requireContext, requireSame, requireSameStudy } from './sameStudy.js';
import { type SharedParts, SharedStudy, type SharedTiming, usualTiming } from './sharedStudy.js';
import type { Space } from './space.js';
import { parseAddress } from './storage/address.js';
import { FileStorage } from './storage/file.js';
import { PostgresStorage } from './storage/postgres.js';
import { RedisStorage } from './storage/redis.js';
import type { StudyStorage } from './storage/storage.js';
import { StudyLog } from './storage/studyLog.js';
import { type StudyOptions, studyKeys } from './studyOptions.js';
import { StudyState } from './studyState.js';

/** What a study that several processes share is told beside the options of every study. */
export interface SharingOptions {
  /**
   * The study, of all that the server has. A file holds one study, and takes no name.
   *
   * @default none: a server needs one
   */
  readonly name?: string | undefined;
  /**
   * Whether several processes write to a file. Servers are shared in any case.
   *
   * @default false
   */
  readonly shared?: boolean | undefined;
  /**
   * A folder for the checkpoints of the trials that run. Where all machines share it, a trial of one that has died
   * goes on elsewhere from its last checkpoint; without it, it begins anew.
   *
   * @default beside the file; none with a server
   */
  readonly checkpoints?: string | undefined;
}

export const sharingKeys = ['name', 'shared', 'checkpoints'] as const;

/** Opens where the log of a study lies. */
export async function openStorage(
  address: string,
  name: string | undefined,
): Promise<StudyStorage> {
  const parsed = parseAddress(address);
  if (parsed.kind === 'file') return await FileStorage.open(parsed.path);
  const of = requireName(name);
  if (parsed.kind === 'postgres') return await PostgresStorage.open(parsed, of);
  return await RedisStorage.open(parsed, of);
}

const longestName = 200;

function requireName(name: unknown): string {
  const isName = typeof name === 'string' && name.length > 0 && name.length <= longestName;
  if (isName && !name.includes('\0')) return name;
  throw new ArgumentError({
    path: 'name',
    expected: `the name of a study, of 1 to ${longestName} characters`,
    received: name === undefined ? 'none' : JSON.stringify(name),
    remedy: 'A server holds many studies: say which one.',
  });
}

export type OpenSharedOptions<S extends Space> = Omit<StudyOptions<S>, 'events'> &
  ContextOption &
  SharingOptions;

/** Opens a study that several processes share, or begins it. */
export async function openShared<S extends Space>(
  address: string,
  given: OpenSharedOptions<S>,
): Promise<SharedStudy<S>> {
  const keys = [...studyKeys, 'context', ...sharingKeys];
  requireKnownKeys(requireObject(given, 'options'), keys, 'options');
  const { name, shared: _, checkpoints, context, ...options } = given;
  requireContext(context);
  // Whose options are wrong leaves nothing behind.
  new StudyState(options);
  const storage = await openStorage(address, name);
  const folder =
    checkpoints ??
    (storage instanceof FileStorage
      ? pathBeside(resolve(storage.shown), '.checkpoints')
      : undefined);
  const place = { storage, checkpoints: folder && resolve(folder) };
  return await openOn(place, { ...options, context });
}

/** The same, on a storage that is open; closes it when that fails. */
export async function openOn<S extends Space>(
  place: Pick<SharedParts<S>, 'storage' | 'checkpoints'>,
  { context, ...options }: Omit<StudyOptions<S>, 'events'> & ContextOption,
  timing: SharedTiming = usualTiming,
): Promise<SharedStudy<S>> {
  const { storage } = place;
  try {
    const state = new StudyState(options);
    const { direction, seed, space } = state;
    const identity = identityLine({ space: space.space, direction, seed }).trimEnd();
    const reader = await begun(storage, identity, timing);
    const { identity: known } = reader.contents();
    requireSameStudy({ ...options, space: space.space }, known, storage.shown);
    const settled = options.direction ?? (known.direction === 'maximize' ? 'maximize' : undefined);
    const study = new SharedStudy(
      { ...options, direction: settled, seed: known.seed },
      { ...place, reader: new JournalReader(storage.shown), space, timing },
    );
    await study.begin();
    if (context !== undefined) {
      if (study.context === null) await study.setContext(context);
      else requireSame(context, study.context, 'context', storage.shown);
    }
    return study;
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** The first line, which the first worker writes. */
async function begun(
  storage: StudyStorage,
  identity: string,
  { patience }: SharedTiming,
): Promise<JournalReader> {
  const reader = new JournalReader(storage.shown);
  let lines = 0;
  const log = new StudyLog(
    storage,
    (line) => {
      // All others are read with the study.
      if (lines++ === 0) reader.take(Buffer.from(line));
    },
    patience,
  );
  await log.refresh();
  if (lines === 0) await log.appendNext([identity]);
  return reader;
}
