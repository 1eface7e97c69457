import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isSystemError } from './paths.js';

/**
 * Which process something belongs to, so that another one can find out whether it still lives. The
 * number of a process alone says nothing: another machine, another container and a later process
 * have the same numbers.
 */
export interface ProcessIdentity {
  readonly host: string;
  /** One start of one system; null where the system does not tell. */
  readonly boot: string | null;
  /** What the number belongs to: containers count for themselves. Null where there are none. */
  readonly pidNamespace: string | null;
  readonly pid: number;
  /** When the process began, in ticks of the system; null where it does not tell. */
  readonly began: string | null;
}

/** `unknown`: it lives where this process cannot see it, or the system does not tell. */
export type Fate = 'alive' | 'dead' | 'unknown';

let own: ProcessIdentity | undefined;

export function thisProcess(): ProcessIdentity {
  own ??= {
    host: hostname(),
    boot: textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: textOf(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    began: stateOf(process.pid)?.began ?? null,
  };
  return own;
}

/** What can be proved about a process from here. */
export function fateOf(process: ProcessIdentity, observer = thisProcess()): Fate {
  return isSamePlace(process, observer) ? fateHere(process) : 'unknown';
}

/** The same, of a process that numbered itself in the place where this one runs. */
export function fateHere({ pid, began }: Pick<ProcessIdentity, 'pid' | 'began'>): Fate {
  if (!isRunning(pid)) return 'dead';
  const state = stateOf(pid);
  if (state === null || began === null) return 'unknown';
  // One that has ended and that nobody has asked about keeps its number, and nothing else.
  return state.began === began && !state.hasEnded ? 'alive' : 'dead';
}

/**
 * Names the place where numbers of processes mean the same, in 8 characters; null where the system
 * does not tell.
 */
export function placeOf({ host, boot, pidNamespace }: ProcessIdentity): string | null {
  if (boot === null || pidNamespace === null) return null;
  return createHash('sha256').update(`${host}\0${boot}\0${pidNamespace}`).digest('hex').slice(0, 8);
}

function isSamePlace(process: ProcessIdentity, observer: ProcessIdentity): boolean {
  const place = placeOf(observer);
  return place !== null && place === placeOf(process);
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 is only a question.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isSystemError(error, 'ESRCH');
  }
}

/** From `/proc/<pid>/stat`; null without one. */
function stateOf(pid: number): { began: string | null; hasEnded: boolean } | null {
  const text = textOf(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (text === null) return null;
  // The second field is a name in parentheses, and may contain anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { began: fields[19] ?? null, hasEnded: fields[0] === 'Z' || fields[0] === 'X' };
}

/** Null for what the system does not have, or does not tell. */
function textOf(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
