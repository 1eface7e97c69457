import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';

/** A program in a process of its own, with what it has printed so far. */
export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  log = '';

  constructor(path: string, words: readonly string[]) {
    this.#child = spawn(process.execPath, [path, ...words]);
    this.#ended = once(this.#child, 'close');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
      });
    }
  }

  async says(pattern: RegExp): Promise<void> {
    await until(() => pattern.test(this.log) || this.#child.exitCode !== null);
    expect(this.log).toMatch(pattern);
  }

  /** @returns the exit code; null where the signal has killed it */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    await this.#ended;
    return this.#child.exitCode;
  }
}

/** Waits for something that a test cannot be told of. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await wait(5);
}
