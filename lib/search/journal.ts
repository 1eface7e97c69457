import { closeSync, fdatasyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { StateError } from '../errors.js';
import { atomicWrite } from '../io/atomicWrite.js';
import { Lease } from '../io/lease.js';
import { RegularFile } from '../io/openFile.js';
import { isSystemError, ofFile } from '../io/paths.js';
import { targetOf } from '../io/writePlan.js';
import type { StudyEvent } from './events.js';
import {
  eventLine,
  identityLine,
  type JournalContents,
  parseJournal,
  type Strategy,
  type StudyIdentity,
  strategyLine,
} from './journalFormat.js';
import { linesOf } from './journalLines.js';

/**
 * The journal of a study, open for writing. Appending is synchronous: an event is in the file before
 * it counts. The ends of trials are synced to the disk; what a crash of the whole machine may take
 * are reports and beginnings of trials that have not ended, and these are run again anyhow.
 */
export class Journal {
  readonly #lock: Lease;
  readonly #file: number;
  #bytes: number;

  private constructor(
    readonly path: string,
    lock: Lease,
    file: number,
    bytes: number,
  ) {
    this.#lock = lock;
    this.#file = file;
    this.#bytes = bytes;
  }

  /** Whether behind `bytes` there is what an append has left that failed. */
  #hasRest = false;

  /**
   * Opens a journal, or begins it when there is no file, or an empty one. Beware: what a kill has
   * left of a last line is cut off. When its last writer cannot be seen from here, this takes 10
   * seconds.
   *
   * @throws StateError when another process writes it, FileFormatError, errors of the system.
   */
  static async open(
    path: string,
    fresh: StudyIdentity,
  ): Promise<{ journal: Journal; contents: JournalContents }> {
    await targetOf(path);
    const lock = await Lease.acquire(path);
    try {
      if (await isAbsentOrEmpty(path)) {
        await atomicWrite(path, [new TextEncoder().encode(identityLine(fresh))]);
      }
      const contents = await readJournal(path);
      return {
        journal: new Journal(path, lock, openWhole(path, contents.bytes), contents.bytes),
        contents,
      };
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Notes down who suggests and who prunes, unless the journal says the same already. */
  appendStrategy(strategy: Strategy, { strategy: known }: JournalContents): void {
    const line = strategyLine(strategy);
    if (line !== known) this.#append(line);
  }

  /** When this throws, the event is not in the journal. */
  appendEvent(event: StudyEvent): void {
    this.#append(eventLine(event), event.type === 'finished');
  }

  close(): void {
    if (this.#bytes === closed) return;
    this.#bytes = closed;
    try {
      closeSync(this.#file);
    } finally {
      this.#lock.release();
    }
  }

  #append(line: string, toDisk = false): void {
    if (this.#bytes === closed) {
      throw new StateError({
        path: this.path,
        expected: 'an open journal',
        received: 'one that is closed',
        remedy: 'Close the study when its last trial has ended.',
      });
    }
    // What another process has begun to write must not be mixed with this.
    this.#lock.confirm();
    this.#removeRest();
    const bytes = new TextEncoder().encode(line);
    this.#hasRest = true;
    try {
      // The system may take less than it was given.
      for (let written = 0; written < bytes.byteLength; ) {
        written += writeSync(this.#file, bytes, written);
      }
      if (toDisk) fdatasyncSync(this.#file);
    } catch (error) {
      // A full disk must not leave half a line in the middle of what follows.
      this.#tryToRemoveRest();
      throw ofFile(error, this.path);
    }
    this.#bytes += bytes.byteLength;
    this.#hasRest = false;
  }

  #tryToRemoveRest(): void {
    try {
      this.#removeRest();
    } catch {
      // It is tried again before the next line; why that was cut off says more.
    }
  }

  #removeRest(): void {
    if (!this.#hasRest) return;
    ftruncateSync(this.#file, this.#bytes);
    this.#hasRest = false;
  }
}

/** Opens a journal for appending, without what a kill has left behind its whole lines. */
function openWhole(path: string, bytes: number): number {
  const file = openSync(path, 'a');
  try {
    ftruncateSync(file, bytes);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** In place of a number of bytes. */
const closed = -1;

/** @throws FileFormatError, errors of the system. */
export function readJournal(path: string): Promise<JournalContents> {
  return parseJournal(linesOf(path), path);
}

async function isAbsentOrEmpty(path: string): Promise<boolean> {
  let file: RegularFile;
  try {
    file = await RegularFile.open(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return true;
    throw error;
  }
  await file.close();
  return file.size === 0;
}
