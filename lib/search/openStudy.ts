import { resolve } from 'node:path';
import { isObject } from '../builtins.js';
import { requireKnownKeys, requireObject, requirePath } from '../checks.js';
import { StateError } from '../errors.js';
import { pathBeside } from '../io/paths.js';
import type { JsonObject } from '../model/json.js';
import type { StudyEvent } from './events.js';
import { Journal, readJournal } from './journal.js';
import { inFile, type JournalContents, type LocatedEvent } from './journalFormat.js';
import { agreeOnContext, requireContext, requireSameStudy } from './sameStudy.js';
import type { SearchSpace } from './searchSpace.js';
import type { Space } from './space.js';
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

export interface ContextOption {
  /**
   * What the trials are of beside their parameters: the data, the target, the epochs, as JSON. A
   * journal keeps it, and no study goes on under another one.
   *
   * @default not looked at
   */
  readonly context?: JsonObject | undefined;
}

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
): Promise<JournaledStudy<S>> {
  requirePath(path);
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
 * @throws ArgumentError for what is no path; FileFormatError when the file is damaged, or no journal;
 * errors of the system.
 */
export async function readStudy(path: string): Promise<Study> {
  const contents = await readJournal(requirePath(path));
  const { identity, space } = contents;
  const direction = settledDirection(contents);
  return replayed(contents, (events) => new Study({ ...identity, direction, events }, space));
}

/** What is written where nobody has named a direction is no more than what holds until then. */
function settledDirection({ identity }: JournalContents): Direction | undefined {
  return identity.direction === 'maximize' ? 'maximize' : undefined;
}

/** What the study does not take from its events is the fault of the file. */
function replayed<Replayed>(
  { events }: JournalContents,
  build: (events: Iterable<StudyEvent>) => Replayed,
): Replayed {
  let current: Omit<LocatedEvent, 'event'> | null = null;
  function* inOrder(located: readonly LocatedEvent[]): Generator<StudyEvent> {
    for (const { event, ...source } of located) {
      current = source;
      // What it is, the study checks.
      yield event as unknown as StudyEvent;
    }
    current = null;
  }
  try {
    return build(inOrder(events));
  } catch (error) {
    throw placed(error, current);
  }
}

function placed(error: unknown, source: Omit<LocatedEvent, 'event'> | null): unknown {
  return source === null ? error : inFile(error, source.place, source.writer);
}
