import { resolve } from 'node:path';
import { isObject } from '../builtins.js';
import { requireKnownKeys, requireObject, requirePath } from '../checks.js';
import { ArgumentError, StateError } from '../errors.js';
import { pathBeside } from '../io/paths.js';
import type { StudyEvent } from './events.js';
import { Journal, readJournal } from './journal.js';
import { type JournalContents, JournalReader } from './journalFormat.js';
import {
  type OpenSharedOptions,
  openShared,
  openStorage,
  type SharingOptions,
} from './openShared.js';
import { replayed } from './replay.js';
import {
  agreeOnContext,
  type ContextOption,
  requireContext,
  requireSameStudy,
} from './sameStudy.js';
import type { SearchSpace } from './searchSpace.js';
import type { SharedStudy } from './sharedStudy.js';
import type { Space } from './space.js';
import { isServerAddress } from './storage/address.js';
import { Study } from './study.js';
import { type StudyOptions, studyKeys } from './studyOptions.js';
import type { Direction } from './trial.js';

/**
 * Options of `openStudy`. Without a direction or a seed, those of the journal hold where there is
 * one.
 */
export interface OpenStudyOptions<S extends Space>
  extends Omit<StudyOptions<S>, 'events'>,
    ContextOption {}

/** Options of `openStudy` for a study that several processes share. */
export type OpenSharedStudyOptions<S extends Space> = OpenSharedOptions<S> &
  ({ readonly name: string } | { readonly shared: true });

/** Node adds the symbol to its own context only, and not to those in which test runners run modules. */
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** A study whose events are written to a journal. While it is open, nobody else may write there. */
export class JournaledStudy<S extends Space = Space> extends Study<S> {
  readonly #journal: Journal;

  /** @internal Made by `openStudy`. */
  constructor(options: StudyOptions<S>, journal: Journal, space: SearchSpace<S>) {
    super(options, space);
    if (!(isObject(journal) && journal instanceof Journal)) {
      throw new StateError({
        path: 'journal',
        expected: 'a journal that is open',
        received: 'none',
        remedy: 'Use `openStudy(path, options)`.',
      });
    }
    this.#journal = journal;
  }

  /** The file. */
  get path(): string {
    return this.#journal.path;
  }

  /** @internal Where the trainings of its trials keep their checkpoints. */
  get checkpoints(): string {
    return pathBeside(resolve(this.path), '.checkpoints');
  }

  /** Ends the writing; what was found can still be read. */
  close(): void {
    this.#journal.close();
    this.listener.warnOfFailure();
  }

  /** As `close`, for `using`. */
  [dispose](): void {
    this.close();
  }

  /** @internal */
  protected override write(event: StudyEvent): void {
    this.#journal.appendEvent(event);
  }
}

/**
 * Opens a study that several processes and machines share, or begins it: in PostgreSQL or Redis, or with
 * `shared: true` in a file.
 *
 * ```ts
 * const study = await openStudy('postgres://me@db.local/studies', { name: 'houses', space });
 * ```
 *
 * The packages `pg` and `redis` are loaded when an address asks for them.
 *
 * @param address `postgres://…`, `redis://…`, `rediss://…`, or a file. A password may also stand in
 * `LAYERWISE_STUDY_PASSWORD`; PostgreSQL knows `PGPASSWORD` and `~/.pgpass`, too. No text or journal has it.
 * @throws ArgumentError when a study of this name has another space, direction, seed or context; StateError when
 * the package is missing, or the tables are of a newer version; errors of the connection.
 */
export async function openStudy<S extends Space>(
  address: string,
  given: OpenSharedStudyOptions<S>,
): Promise<SharedStudy<S>>;
/**
 * Opens the study of a journal, to go on with it, or begins one when there is no such file. Trials
 * that had begun when their process was killed are `interrupted`: `run` runs them again, with the
 * same parameters. As every suggestion depends on the seed and the trials before it alone, a study
 * that was killed goes on as if it had not been.
 *
 * ```ts
 * const study = await openStudy('study.jsonl', { space, seed: 1 });
 * ```
 *
 * When the lock of the journal belongs to a process that cannot be seen from here, on another machine
 * or in another container, this takes up to 10 seconds: so long it is watched for a sign of life.
 *
 * @param path One JSON object a line. Beside it lies `<path>.lock` as long as the study is open.
 * @throws ArgumentError when the file holds a study of another space, direction, seed or context; StateError
 * when another process has opened it; FileFormatError when it is damaged, or no journal; errors of
 * the system.
 */
export async function openStudy<S extends Space>(
  path: string,
  given: OpenStudyOptions<S>,
): Promise<JournaledStudy<S>>;
export async function openStudy<S extends Space>(
  path: string,
  given: OpenSharedOptions<S>,
): Promise<JournaledStudy<S> | SharedStudy<S>> {
  requirePath(path);
  const { name, shared } = requireObject(given, 'options') as SharingOptions;
  const isShared = isServerAddress(path) || name !== undefined || shared === true;
  return isShared ? await openShared(path, given) : await openJournal(path, given);
}

async function openJournal<S extends Space>(
  path: string,
  given: OpenStudyOptions<S>,
): Promise<JournaledStudy<S>> {
  requireKnownKeys(requireObject(given, 'options'), [...studyKeys, 'context'], 'options');
  const { context, ...options } = given;
  // Whose options are wrong leaves no file behind.
  requireContext(context);
  const fresh = new Study(options);
  const { direction, seed, space } = fresh;
  const { journal, contents } = await Journal.open(path, { space: space.space, direction, seed });
  try {
    requireSameStudy({ ...options, space: space.space }, contents.identity, path);
    const { seed } = contents.identity;
    const direction = options.direction ?? settledDirection(contents);
    const study = replayed(contents, (events) => {
      return new JournaledStudy({ ...options, direction, seed, events }, journal, space);
    });
    agreeOnContext(study, context, path);
    journal.appendStrategy(study, contents);
    return study;
  } catch (error) {
    journal.close();
    throw error;
  }
}

/**
 * Reads the study of a journal, to look at it: also one that is being written. What happens to the
 * study is not written down.
 *
 * ```ts
 * const study = await readStudy('search.jsonl');
 * console.log(trialsAsText(study));
 * ```
 *
 * @param address A file, or the address of a server, as `openStudy` takes it; this one wants a name too.
 * @throws ArgumentError for what is no address, and where a server has no study of that name; FileFormatError when the file is damaged, or no journal;
 * errors of the system.
 */
export async function readStudy(
  address: string,
  options: Pick<SharingOptions, 'name'> = {},
): Promise<Study> {
  requireKnownKeys(requireObject(options, 'options'), ['name'], 'options');
  const { name } = options;
  const contents = await contentsOf(requirePath(address), name);
  if (contents === null) throw noStudy(name);
  return studyOf(contents);
}

/** @internal As `readStudy`; null where the server has no study of that name. */
export async function readStudyIfThere(address: string, name: string): Promise<Study | null> {
  const contents = await contentsOf(address, name);
  return contents && studyOf(contents);
}

function studyOf(contents: JournalContents): Study {
  const { identity, space } = contents;
  const direction = settledDirection(contents);
  return replayed(contents, (events) => new Study({ ...identity, direction, events }, space));
}

/** What is written where nobody has named a direction is no more than what holds until then. */
function settledDirection({ identity }: JournalContents): Direction | undefined {
  return identity.direction === 'maximize' ? 'maximize' : undefined;
}

async function contentsOf(
  address: string,
  name: string | undefined,
): Promise<JournalContents | null> {
  if (!isServerAddress(address)) return await readJournal(address);
  const storage = await openStorage(address, name);
  try {
    const { lines } = await storage.read(0);
    if (lines.length === 0) return null;
    const reader = new JournalReader(storage.shown);
    for (const line of lines) reader.take(Buffer.from(line));
    return reader.contents();
  } finally {
    await storage.close();
  }
}

function noStudy(name: string | undefined): ArgumentError {
  return new ArgumentError({
    path: 'name',
    expected: 'a study that has begun',
    received: `'${name}', of which the server has none`,
    remedy: 'layerwise study list says which there are.',
  });
}
