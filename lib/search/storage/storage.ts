/**
 * Where the log of a shared study lies. A study is what follows from its lines, in their order, which
 * is the same one for every reader; all that a storage does is to keep that order, and to say who is alive.
 */
export interface StudyStorage {
  /** What texts call it: without passwords. */
  readonly shown: string;

  /**
   * Appends lines, all of them next to each other, or none.
   *
   * @param lines JSON, without ends of lines.
   * @param at Where the log has to end for that: nothing is appended when somebody else was faster.
   * @returns null when the log ends elsewhere.
   */
  append(lines: readonly string[], at?: number): Promise<Appended | null>;

  /** What is in the log from a place on; 0 is its beginning. */
  read(from: number): Promise<LogPart>;

  /** Gives a sign of life of a worker. */
  beat(worker: string): Promise<void>;

  /** The last signs of life of the workers that have not left. */
  beats(): Promise<ReadonlyMap<string, Beat>>;

  /** Forgets a worker: it has ended, or was found to be gone. */
  leave(worker: string): Promise<void>;

  close(): Promise<void>;
}

/** A place in a log: bytes or lines, which only the storage knows. */
export interface Appended {
  /** Where the lines begin. */
  readonly from: number;
  /** Where what follows on them will begin. */
  readonly next: number;
}

export interface LogPart {
  readonly lines: readonly string[];
  readonly next: number;
}

export interface Beat {
  /** Changes with every sign of life. */
  readonly text: string;
  /** Whether it is certain that the worker is gone: its process was seen to have ended. */
  readonly isGone: boolean;
}

/** The studies of one place. */
export interface StudyCatalog {
  list(): Promise<readonly string[]>;
  /** @returns false where there is none of that name. */
  delete(name: string): Promise<boolean>;
  close(): Promise<void>;
}
