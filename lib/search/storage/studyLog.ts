import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, isError, messageOf } from '../../builtins.js';
import type { StudyStorage } from './storage.js';

/**
 * The log of a study as one of its workers sees it: how far it has read, and what it does when the server is
 * away. One operation at a time, in the order in which they are asked for.
 */
export class StudyLog {
  /** Where the next line begins that was not read yet. */
  #place = 0;
  #last: Promise<unknown> = Promise.resolve();
  readonly #storage: StudyStorage;
  readonly #take: (line: string) => void;
  readonly #patience: number;

  /**
   * @param take is given every line of the log, in its order.
   * @param patience Milliseconds for which a server that does not answer is tried again.
   */
  constructor(storage: StudyStorage, take: (line: string) => void, patience: number) {
    this.#storage = storage;
    this.#take = take;
    this.#patience = patience;
  }

  /** Has no other operation come between those of the action. */
  exclusive<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => {});
    return result;
  }

  /** Reads what is new. */
  async refresh(): Promise<void> {
    const { lines, next } = await this.patiently(() => this.#storage.read(this.#place));
    this.#place = next;
    for (const line of lines) this.#take(line);
  }

  /** Appends lines behind the last one that was read; false when others have appended some, which are read then. */
  async appendNext(lines: readonly string[]): Promise<boolean> {
    return await this.#append(lines, true);
  }

  /** Appends lines wherever the log ends. They were read when this is over, with what stands before them. */
  async append(lines: readonly string[]): Promise<void> {
    await this.#append(lines, false);
  }

  async #append(lines: readonly string[], isNext: boolean): Promise<boolean> {
    let isRepeated = false;
    const appended = await this.patiently(async () => {
      // The answer may have been lost, and not the lines: they would stand there twice.
      if (isRepeated && (await this.#isThere(lines))) return 'before';
      isRepeated = true;
      return await this.#storage.append(lines, isNext ? this.#place : undefined);
    });
    if (appended !== null && appended !== 'before' && appended.from === this.#place) {
      this.#place = appended.next;
      for (const line of lines) this.#take(line);
      return true;
    }
    await this.refresh();
    return appended !== null;
  }

  async #isThere([first]: readonly string[]): Promise<boolean> {
    const { lines } = await this.#storage.read(this.#place);
    return first !== undefined && lines.includes(first);
  }

  /** Does something again and again as long as the server cannot be reached. */
  async patiently<Result>(action: () => Promise<Result>): Promise<Result> {
    const deadline = performance.now() + this.#patience;
    for (let tries = 0; ; tries++) {
      try {
        return await action();
      } catch (error) {
        if (!isLostConnection(error) || performance.now() >= deadline) throw error;
        await delay(Math.min(50 * 2 ** tries, 1000));
      }
    }
  }
}

/** Of Node, of PostgreSQL that is being stopped or started, and of the drivers, whose errors have texts alone. */
const connectionCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['57P01', '57P02', '57P03', '08000', '08001', '08003', '08004', '08006', 'NR_CLOSED'],
]);
const connectionTexts =
  /connection (is )?(terminated|closed|ended)|socket closed|client is (closed|offline)|not queryable|timeout exceeded|^LOADING/i;
const connectionNames =
  /^(SocketClosedUnexpectedly|ClientOffline|ClientClosed|ConnectionTimeout|SocketTimeout|Reconnect|DisconnectsClient|Abort)\w*Error$/;

export function isLostConnection(error: unknown): boolean {
  const code = codeOf(error);
  if (typeof code === 'string' && connectionCodes.has(code)) return true;
  if (!isError(error)) return false;
  return connectionTexts.test(messageOf(error)) || connectionNames.test(error.constructor.name);
}
