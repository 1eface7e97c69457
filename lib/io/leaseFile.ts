import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { isPlainObject } from '../checks.js';
import { draftFor } from './drafts.js';
import { kindOf } from './fileKind.js';
import { digestOf, isSystemError, pathBeside } from './paths.js';
import {
  type Fate,
  fateHere,
  fateOf,
  type ProcessIdentity,
  thisProcess,
} from './processIdentity.js';

/**
 * The files of a lease: what they hold, how they come to be, and how one follows on another.
 *
 * The lock of `study.jsonl` is `study.jsonl.lock`. Whoever takes it over from an owner that is gone
 * must be alone in doing so, and must not take away the lock of somebody who was faster. Therefore
 * every lock has a token of its own, and is taken over through a claim: a file whose name is made of
 * that token, and which the system lets only one process create. A claim is a lock in turn, if its
 * owner is gone: the last one of the chain counts.
 */

const version = 1;

/** The text of a lock; every one made has another token. */
export class LeaseRecord {
  #renewals = 0;
  readonly #owner: ProcessIdentity;

  constructor(
    owner: ProcessIdentity = thisProcess(),
    readonly token: string = randomUUID(),
  ) {
    this.#owner = owner;
  }

  /** Differs after each renewal, but not in its length: it is written over the text before it. */
  get text(): string {
    const renewals = String(this.#renewals).padStart(12, '0');
    const { token } = this;
    return `${JSON.stringify({ lease: version, token, owner: this.#owner, renewals })}\n`;
  }

  renew(): void {
    this.#renewals++;
  }
}

/** A lock, or a claim on one. */
export interface Link {
  readonly path: string;
  readonly text: string;
}

/** What holds the lock, and the claims on it, each on the one before; empty when it is free. */
export function readChain(lock: string): Link[] {
  const chain: Link[] = [];
  let path = lock;
  // Longer ones do not come about: each claim is of a process that was killed while it took over.
  while (chain.length < 1000) {
    const text = readIfThere(path);
    if (text === null) break;
    chain.push({ path, text });
    path = claimOn(lock, text);
  }
  return chain;
}

/** Where the claim on the lock or claim of this text lies. */
export function claimOn(lock: string, text: string): string {
  return pathBeside(lock, `.${digestOf(tokenOf(text))}.claim`);
}

/** The token; for what is no lock of this version, its whole text. */
export function tokenOf(text: string): string {
  const token = recordOf(text)?.token;
  return typeof token === 'string' ? token : text;
}

/** What is certain about the owner without watching it. */
export function fateOfOwner(text: string): Fate {
  const owner = ownerOf(text);
  if (owner === null) return 'unknown';
  if (owner.isOfThisVersion) return fateOf(owner);
  // Locks of version 0.1 do not tell containers of one host name apart: no process here by that number
  // proves nothing.
  return owner.host === hostname() && fateHere(owner) !== 'dead' ? 'alive' : 'unknown';
}

interface Owner extends ProcessIdentity {
  readonly isOfThisVersion: boolean;
}

/** Null for what is no lock. */
export function ownerOf(text: string): Owner | null {
  const record = recordOf(text);
  const isOfThisVersion = record?.lease === version;
  const owner = isOfThisVersion ? record?.owner : record;
  if (!isPlainObject(owner) || !Number.isSafeInteger(owner.pid)) return null;
  const { host, boot, pidNamespace, pid, began } = owner;
  return {
    isOfThisVersion,
    host: String(host),
    boot: textOrNull(boot),
    pidNamespace: textOrNull(pidNamespace),
    pid: Number(pid),
    began: textOrNull(began),
  };
}

function recordOf(text: string): Record<string, unknown> | null {
  try {
    const record: unknown = JSON.parse(text);
    return isPlainObject(record) ? record : null;
  } catch {
    return null;
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/**
 * Creates a lock or a claim, unless there is one: it appears with its whole text, or not at all.
 *
 * @returns the open file, or null when somebody else was faster.
 * @throws Errors of the system; nothing is left behind.
 */
export function createLink(lock: string, { path, text }: Link): number | null {
  const draft = draftFor(lock);
  try {
    const file = createFile(draft, text);
    if (file === null) return null;
    try {
      linkSync(draft, path);
      return file;
    } catch (error) {
      closeSync(file);
      // Some file systems know no second names.
      return isSystemError(error, 'EEXIST') ? null : createFile(path, text);
    }
  } finally {
    removeIfThere(draft);
  }
}

function createFile(path: string, text: string): number | null {
  let file: number | undefined;
  try {
    file = openSync(path, 'wx');
    writeFileSync(file, text);
    return file;
  } catch (error) {
    if (file === undefined) {
      if (isSystemError(error, 'EEXIST')) return null;
      throw error;
    }
    closeSync(file);
    removeIfThere(path);
    throw error;
  }
}

/** For more bytes than any lock has; kept, as owners ask before each write. */
const buffer = Buffer.alloc(4096);

/** Whatever lies there, reading it ends at once. */
export function readIfThere(path: string): string | null {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;
  let file: number | undefined;
  try {
    file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    const status = fstatSync(file);
    if (!status.isFile()) return kindOf(status);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.byteLength, 0));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

export function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
  }
}
