/** Locks among processes that run at once. */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LeaseRecord } from '../../lib/io/leaseFile.js';
import { thisProcess } from '../../lib/io/processIdentity.js';
import { readStudy } from '../../lib/search/index.js';

const program = fileURLToPath(new URL('programs/openStudies.mjs', import.meta.url));

class Opener {
  readonly #child: ChildProcessWithoutNullStreams = spawn(process.execPath, [program]);
  readonly #lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();

  get pid(): number | undefined {
    return this.#child.pid;
  }

  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  async answer(): Promise<string> {
    return String((await this.#lines.next()).value);
  }

  /** Without closing what it has open: the exit code. */
  async end(): Promise<unknown> {
    this.#child.stdin.end();
    return (await once(this.#child, 'exit'))[0];
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.runIf(process.platform === 'linux')(
  'of many processes that take over a lock at once, one gets it',
  async () => {
    const openers = Array.from({ length: 4 }, () => new Opener());
    const { pid } = spawnSync(process.execPath, ['--version']);
    for (let round = 0; round < 50; round++) {
      const path = join(folder, `${round}.jsonl`);
      writeFileSync(`${path}.lock`, new LeaseRecord({ ...thisProcess(), pid }).text);
      for (const opener of openers) opener.tell(path);
      const answers = await Promise.all(openers.map((opener) => opener.answer()));
      expect(answers.filter((answer) => answer === 'won')).toHaveLength(1);
      for (const answer of answers)
        expect(answer).toMatch(/^won$|received one that process \d+ writes/);
      expect((await readStudy(path)).trials).toHaveLength(1);
    }
    for (const opener of openers) opener.tell('');
    for (const opener of openers) expect(await opener.end()).toBe(0);
    expect(readdirSync(folder).filter((name) => !name.endsWith('.jsonl'))).toEqual([]);
  },
);

test.runIf(process.platform === 'linux')(
  'the lock of a killed process is free at once',
  async () => {
    const path = join(folder, 'study.jsonl');
    const first = new Opener();
    first.tell(path);
    expect(await first.answer()).toBe('won');
    const second = new Opener();
    second.tell(path);
    expect(await second.answer()).toContain(`one that process ${first.pid} writes`);
    await first.kill();
    second.tell(path);
    expect(await second.answer()).toBe('won');
    // An open study does not keep its process alive.
    expect(await second.end()).toBe(0);
  },
);
