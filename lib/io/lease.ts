import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  renameSync,
  write,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { StateError } from '../errors.js';
import { removeStaleDrafts } from './drafts.js';
import {
  claimOn,
  createLink,
  fateOfOwner,
  LeaseRecord,
  type Link,
  ownerOf,
  readChain,
  readIfThere,
  removeIfThere,
} from './leaseFile.js';
import { pathBeside, realTarget } from './paths.js';
import { placeOf, thisProcess } from './processIdentity.js';

/** Time as a lease sees it. All is in milliseconds. */
export interface LeaseClock {
  /** Only goes forward, whatever becomes of the time of day. */
  now(): number;
  sleep(duration: number): Promise<void>;
  /** Calls the action again and again, and does not keep the process alive for it. */
  every(interval: number, action: () => Promise<void>): { stop(): void };
}

export interface LeaseOptions {
  /**
   * How long a lock holds that is not renewed.
   *
   * @default 10 000
   */
  readonly term?: number;
  /**
   * How often the owner renews it.
   *
   * @default a fifth of the term
   */
  readonly renewal?: number;
  readonly clock?: LeaseClock;
  /**
   * Whether to wait for an owner that lives, as locks do that are held for moments only.
   *
   * @default false: it is refused
   */
  readonly isPatient?: boolean;
  /** Ends the waiting for an owner. */
  readonly signal?: AbortSignal | undefined;
}

type LeaseTiming = Required<Omit<LeaseOptions, 'signal' | 'isPatient'>>;

/**
 * Keeps a file to one writer at a time, also among containers and machines that share a folder, and
 * never for longer than its owner lives: a file beside it names the owner, who writes a new number
 * into it every 2 seconds. Whoever wants the lock
 *
 * - is refused at once when the owner is known to live: a process of the same system that runs,
 * - takes it over at once when the owner is known to be gone,
 * - or else watches it for 10 seconds by its own clock, and takes it over if nothing has changed.
 *
 * An owner that was held up for longer, and has lost its lock meanwhile, learns so from `confirm`. It
 * has to ask before each write.
 *
 * The lock is that of the real file: symbolic links to one file are one lock.
 */
export class Lease {
  readonly #file: string;
  readonly #lock: string;
  readonly #record: LeaseRecord;
  readonly #descriptor: number;
  readonly #term: number;
  readonly #clock: LeaseClock;
  readonly #timer: { stop(): void };
  #renewedAt: number;
  #renewing: Promise<void> | null = null;
  #isOver = false;

  private constructor(file: string, lock: string, held: Held, options: LeaseTiming) {
    this.#file = file;
    this.#lock = lock;
    this.#record = held.record;
    this.#descriptor = held.descriptor;
    this.#term = options.term;
    this.#clock = options.clock;
    this.#renewedAt = held.since;
    this.#timer = options.clock.every(options.renewal, () => this.#renewSoon());
  }

  /**
   * @param file The file that is to be written, which need not exist yet.
   * @throws StateError when somebody else holds the lock, with who; errors of the system; the reason of the signal.
   */
  static async acquire(
    file: string,
    {
      term = 10_000,
      renewal = term / 5,
      clock = realClock,
      isPatient = false,
      signal,
    }: LeaseOptions = {},
  ): Promise<Lease> {
    const lock = await lockOf(file);
    const watch = new Watch(file, term, clock, isPatient);
    for (;;) {
      const chain = readChain(lock);
      const owner = chain.at(-1);
      if (owner === undefined || watch.isGone(owner)) {
        const held = take(lock, chain, term, clock);
        if (held !== null) {
          const lease = new Lease(file, lock, held, { term, renewal, clock });
          await removeStaleDrafts(lock, dirname(lock), fstatSync(held.descriptor).mtimeMs);
          return lease;
        }
      } else {
        signal?.throwIfAborted();
        // At random, or those who wait would meet again and again.
        await clock.sleep(isPatient ? (term / 2000) * (1 + 3 * Math.random()) : term / 40);
      }
    }
  }

  /**
   * Makes sure that the lock is still held. After a pause in which it ran out, it goes on if nobody has
   * taken it.
   *
   * @throws StateError when it is lost, then and ever after; errors of the system.
   */
  confirm(): void {
    if (this.#isOver || !this.#isOurs()) throw this.#lost();
    if (this.#hasRunOut()) this.#reclaim();
  }

  /** Gives the lock up. Nothing happens when it is given up or lost already. */
  release(): void {
    const isLost = this.#isOver;
    this.#end();
    if (isLost || !this.#isOurs()) return;
    if (this.#hasRunOut()) this.#claimed(() => removeIfThere(this.#lock));
    else removeIfThere(this.#lock);
  }

  /** Whether others may take the lock over. */
  #hasRunOut(): boolean {
    return this.#clock.now() - this.#renewedAt >= this.#term;
  }

  #isOurs(): boolean {
    return readIfThere(this.#lock)?.includes(this.#record.token) === true;
  }

  /** Somebody may be about to take the lock over: it is ours again if we are faster. */
  #reclaim(): void {
    const isDone = this.#claimed(() => {
      const at = this.#clock.now();
      this.#record.renew();
      writeSync(this.#descriptor, this.#record.text, 0);
      fdatasyncSync(this.#descriptor);
      this.#renewedAt = at;
    });
    if (!isDone) throw this.#lost();
  }

  /** Does something while nobody else can take the lock over; false when somebody has or does. */
  #claimed(action: () => void): boolean {
    const { text } = this.#record;
    const path = claimOn(this.#lock, text);
    const claim = createLink(this.#lock, { path, text });
    if (claim === null) return false;
    try {
      closeSync(claim);
      if (!this.#isOurs()) return false;
      action();
      return true;
    } finally {
      removeIfThere(path);
    }
  }

  #renewSoon(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
      if (this.#isOver) closeSync(this.#descriptor);
    });
    return this.#renewing;
  }

  async #renew(): Promise<void> {
    const at = this.#clock.now();
    this.#record.renew();
    const bytes = Buffer.from(this.#record.text);
    try {
      // Into the open file: if another lock has taken its name, that one is left alone.
      await promisify(write)(this.#descriptor, bytes, 0, bytes.byteLength, 0);
      // Other machines see what has reached the disk.
      await promisify(fdatasync)(this.#descriptor);
      // One that comes too late proves nothing: `confirm` finds out who has the lock.
      if (!this.#hasRunOut()) this.#renewedAt = at;
    } catch {
      // The next one may succeed; if none does for too long, `confirm` says so.
    }
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer.stop();
    // A number that is closed may become another file's while it is being written to.
    if (this.#renewing === null) closeSync(this.#descriptor);
  }

  #lost(): StateError {
    const text = this.#isOver ? null : readIfThere(this.#lock);
    this.#end();
    return new StateError({
      path: this.#file,
      expected: 'a file that this process still has the lock of',
      received:
        text === null ? 'a lock that is given up or lost' : `one that ${ownerName(text)} writes`,
      remedy:
        `This process was held up for more than ${this.#term / 1000} s, or its lock was deleted. What it ` +
        'wrote before is whole: open the file again.',
    });
  }
}

/**
 * Where the lock of a file lies: beside the real file.
 *
 * @throws Errors of the system.
 */
export async function lockOf(file: string): Promise<string> {
  return pathBeside(await realTarget(file), '.lock');
}

/**
 * Who writes a file, as far as that can be told at once; null where nobody does any more.
 *
 * @throws Errors of the system.
 */
export async function writerOf(file: string): Promise<string | null> {
  const owner = readChain(await lockOf(file)).at(-1);
  return owner === undefined || fateOfOwner(owner.text) === 'dead' ? null : ownerName(owner.text);
}

/**
 * The sign of life of whoever holds a lock: a text that changes with every renewal, and whether the owner
 * is known to be gone; null where nobody holds it.
 *
 * @param lock as `lockOf` has it.
 * @throws Errors of the system.
 */
export function signOfLife(
  lock: string,
): { readonly text: string; readonly isGone: boolean } | null {
  const owner = readChain(lock).at(-1);
  return owner === undefined
    ? null
    : { text: owner.text, isGone: fateOfOwner(owner.text) === 'dead' };
}

/** A lock that was just taken. */
interface Held {
  readonly record: LeaseRecord;
  readonly descriptor: number;
  readonly since: number;
}

/** Takes what is free or left behind; null when somebody else was faster. */
function take(lock: string, chain: readonly Link[], term: number, clock: LeaseClock): Held | null {
  const record = new LeaseRecord();
  const { text } = record;
  const since = clock.now();
  const last = chain.at(-1);
  const path = last === undefined ? lock : claimOn(lock, last.text);
  const descriptor = createLink(lock, { path, text });
  if (descriptor === null) return null;
  if (last === undefined) return { record, descriptor, since };
  try {
    // The claim keeps all others from changing what it follows on, if that is there still.
    const isAlone = isSameChain(readChain(lock), [...chain, { path, text }]);
    const isInTime = clock.now() - since < term / 2;
    if (isAlone && isInTime) {
      renameSync(path, lock);
      for (const claim of chain.slice(1)) removeIfThere(claim.path);
      return { record, descriptor, since };
    }
  } catch (error) {
    abandon(path, descriptor);
    throw error;
  }
  abandon(path, descriptor);
  return null;
}

function abandon(claim: string, descriptor: number): void {
  closeSync(descriptor);
  removeIfThere(claim);
}

function isSameChain(left: readonly Link[], right: readonly Link[]): boolean {
  return left.length === right.length && left.every(({ text }, at) => text === right[at]?.text);
}

/** Finds out about an owner that cannot be seen: by whether its lock changes. */
class Watch {
  #text: string | null = null;
  #since = 0;

  readonly #file: string;
  readonly #term: number;
  readonly #clock: LeaseClock;
  readonly #isPatient: boolean;

  constructor(file: string, term: number, clock: LeaseClock, isPatient: boolean) {
    this.#file = file;
    this.#term = term;
    this.#clock = clock;
    this.#isPatient = isPatient;
  }

  /**
   * @returns true when the owner is gone, false while that is not known.
   * @throws StateError when it lives.
   */
  isGone({ text }: Link): boolean {
    const fate = fateOfOwner(text);
    if (fate === 'dead') return true;
    const now = this.#clock.now();
    const isNew = this.#text === null || (this.#isPatient && this.#text !== text);
    if (isNew) [this.#text, this.#since] = [text, now];
    if (fate === 'alive' && this.#isPatient) return false;
    if (fate === 'alive' || this.#text !== text) throw held(this.#file, text);
    return now - this.#since >= this.#term;
  }
}

function held(file: string, text: string): StateError {
  return new StateError({
    path: file,
    expected: 'a file that nobody else writes',
    received: `one that ${ownerName(text)} writes`,
    remedy: 'Let that process end, or close there what has the file open.',
  });
}

function ownerName(text: string): string {
  const owner = ownerOf(text);
  if (owner === null) return 'somebody unknown';
  const process = `process ${owner.pid}`;
  if (owner.host !== hostname()) return `${process} on ${owner.host}`;
  const isHere = !owner.isOfThisVersion || placeOf(owner) === placeOf(thisProcess());
  return isHere ? process : `${process} of another container or machine named ${owner.host}`;
}

const realClock: LeaseClock = {
  now: () => performance.now(),
  sleep: (duration) => new Promise((resolve) => setTimeout(resolve, duration)),
  every(interval, action) {
    const timer = setInterval(() => void action(), interval).unref();
    return { stop: () => clearInterval(timer) };
  },
};
