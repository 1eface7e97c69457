import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StateError } from '../../lib/errors.js';
import { draftFor } from '../../lib/io/drafts.js';
import { Lease, type LeaseClock } from '../../lib/io/lease.js';
import { claimOn, LeaseRecord } from '../../lib/io/leaseFile.js';
import { type ProcessIdentity, thisProcess } from '../../lib/io/processIdentity.js';
import { canMount, makeFifo, mountDisk, unmount } from './surroundings.js';

/** Time that passes only when somebody sleeps. */
class TestClock implements LeaseClock {
  time = 1e6;
  slept = 0;
  readonly actions = new Set<() => Promise<void>>();
  /** What happens while somebody sleeps. */
  onSleep: () => void = () => {};

  now(): number {
    return this.time;
  }

  async sleep(duration: number): Promise<void> {
    this.time += duration;
    this.slept += duration;
    this.onSleep();
  }

  every(_: number, action: () => Promise<void>): { stop(): void } {
    this.actions.add(action);
    return { stop: () => this.actions.delete(action) };
  }

  async renewAll(): Promise<void> {
    for (const action of this.actions) await action();
  }
}

const gone = (): ProcessIdentity => ({
  ...thisProcess(),
  pid: spawnSync(process.execPath, ['--version']).pid,
});
const elsewhere: ProcessIdentity = {
  ...{ host: 'pod-7', boot: 'another', pidNamespace: 'pid:[1]', pid: 17, began: '123' },
};

let folder: string;
let file: string;
let lock: string;
let clock: TestClock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
  file = join(folder, 'a');
  lock = `${file}.lock`;
  clock = new TestClock();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const acquire = (path = file) => Lease.acquire(path, { clock });
const textOf = (owner: ProcessIdentity) => new LeaseRecord(owner).text;

async function refusal(path = file): Promise<StateError> {
  const error: unknown = await acquire(path).catch((thrown: unknown) => thrown);
  if (!(error instanceof StateError)) throw error;
  return error;
}

describe('a lease', () => {
  test('is held by one at a time, and leaves nothing', async () => {
    const lease = await acquire();
    expect(readdirSync(folder)).toEqual(['a.lock']);
    const { path, received } = await refusal();
    expect(path).toBe(file);
    expect(received).toBe(`one that process ${process.pid} writes`);
    lease.confirm();
    lease.release();
    expect(readdirSync(folder)).toEqual([]);
    expect(clock.actions.size).toBe(0);
    (await acquire()).release();
    lease.release();
    expect(() => lease.confirm()).toThrow('received a lock that is given up or lost.');
  });

  test('is that of the real file', async () => {
    mkdirSync(join(folder, 'inside'));
    symlinkSync('../a', join(folder, 'inside', 'link'));
    const lease = await acquire(join(folder, 'inside', 'link'));
    expect(existsSync(lock)).toBe(true);
    await refusal();
    writeFileSync(file, '');
    await refusal(join(folder, 'inside', 'link'));
    lease.release();
  });

  test('finds a name beside the longest ones', async () => {
    const [one, two] = ['1', '2'].map((end) => join(folder, `${'가'.repeat(84)}ab${end}`));
    const leases = [await acquire(one), await acquire(two)];
    expect((await refusal(one)).path).toBe(one);
    for (const lease of leases) lease.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is renewed by what it holds, not by its time', async () => {
    const lease = await acquire();
    const texts = new Set([readFileSync(lock, 'utf8')]);
    for (let renewal = 0; renewal < 3; renewal++) {
      utimesSync(lock, 1, 1);
      await clock.renewAll();
      texts.add(readFileSync(lock, 'utf8'));
    }
    expect(texts.size).toBe(4);
    expect(new Set([...texts].map((text) => text.length)).size).toBe(1);
    lease.release();
  });
});

describe('the lock of an owner', () => {
  test.runIf(process.platform === 'linux')('who is gone is taken over at once', async () => {
    // The number of the second one is in use again.
    for (const owner of [gone(), { ...thisProcess(), began: '1' }]) {
      writeFileSync(lock, textOf(owner));
      const lease = await acquire();
      lease.confirm();
      expect(readdirSync(folder)).toEqual(['a.lock']);
      lease.release();
    }
    expect(clock.slept).toBe(0);
  });

  test('who cannot be seen is taken over after ten seconds in which it has not changed', async () => {
    writeFileSync(lock, textOf(elsewhere));
    // The time of the file, and of the day, say nothing.
    clock.onSleep = () => utimesSync(lock, clock.time, clock.time);
    const lease = await acquire();
    expect(clock.slept).toBeGreaterThanOrEqual(10_000);
    expect(clock.slept).toBeLessThan(10_500);
    lease.confirm();
    expect(readdirSync(folder)).toEqual(['a.lock']);
    lease.release();
  });

  test.each<[string, ProcessIdentity, string]>([
    ['another machine', elsewhere, 'process 17 on pod-7'],
    [
      'a container of the same name',
      { ...elsewhere, host: hostname() },
      `process 17 of another container or machine named ${hostname()}`,
    ],
    [
      'another start of this machine',
      { ...thisProcess(), boot: 'before' },
      `process ${process.pid} of another container or machine named ${hostname()}`,
    ],
  ])('on %s is refused when it changes, and named', async (_, owner, name) => {
    const record = new LeaseRecord(owner);
    writeFileSync(lock, record.text);
    clock.onSleep = () => {
      if (clock.slept < 2000) return;
      record.renew();
      writeFileSync(lock, record.text);
    };
    expect((await refusal()).received).toBe(`one that ${name} writes`);
    expect(clock.slept).toBeLessThan(2500);
    expect(readFileSync(lock, 'utf8')).toBe(record.text);
  });

  test('who gives it up while it is watched is followed at once', async () => {
    writeFileSync(lock, textOf(elsewhere));
    clock.onSleep = () => rmSync(lock, { force: true });
    (await acquire()).release();
    expect(clock.slept).toBeLessThan(500);
  });

  test('is waited for until the waiting is ended', async () => {
    const text = textOf(elsewhere);
    writeFileSync(lock, text);
    const controller = new AbortController();
    clock.onSleep = () => controller.abort(new Error('enough'));
    await expect(Lease.acquire(file, { clock, signal: controller.signal })).rejects.toThrow(
      'enough',
    );
    expect(clock.slept).toBeLessThan(500);
    expect(readFileSync(lock, 'utf8')).toBe(text);
  });

  test('who is another one than a moment ago lives', async () => {
    writeFileSync(lock, textOf(elsewhere));
    clock.onSleep = () => writeFileSync(lock, textOf({ ...elsewhere, pid: 18 }));
    expect((await refusal()).received).toBe('one that process 18 on pod-7 writes');
  });
});

describe('a lock of version 0.1', () => {
  test.each([
    ['of another machine', JSON.stringify({ pid: 17, host: 'pod-7d9f-old', began: '123' })],
    ['of nobody here', JSON.stringify({ pid: gone().pid, host: hostname(), began: '123' })],
    ['of whoever', 'no lock of ours'],
    ['that was not written to its end', ''],
  ])('%s holds for ten seconds', async (_, text) => {
    writeFileSync(lock, text);
    const lease = await acquire();
    expect(clock.slept).toBeGreaterThanOrEqual(10_000);
    expect(readdirSync(folder)).toEqual(['a.lock']);
    lease.release();
  });

  test('of a process that lives here holds', async () => {
    const { pid, host, began } = thisProcess();
    writeFileSync(lock, JSON.stringify({ pid, host, began }));
    expect((await refusal()).received).toBe(`one that process ${pid} writes`);
    expect(clock.slept).toBe(0);
  });
});

describe.runIf(process.platform === 'linux')('a claim', () => {
  const claimed = (text: string, owner: ProcessIdentity) => {
    const claim = { path: claimOn(lock, text), text: textOf(owner) };
    writeFileSync(claim.path, claim.text);
    return claim;
  };

  test('of a process that was killed in the middle is taken over with the lock', async () => {
    const text = textOf(gone());
    writeFileSync(lock, text);
    claimed(claimed(text, gone()).text, gone());
    expect(readdirSync(folder)).toHaveLength(3);
    const lease = await acquire();
    expect(clock.slept).toBe(0);
    expect(readdirSync(folder)).toEqual(['a.lock']);
    lease.confirm();
    lease.release();
  });

  test('of a living process keeps others away', async () => {
    const text = textOf(gone());
    writeFileSync(lock, text);
    const { path } = claimed(text, thisProcess());
    expect((await refusal()).received).toBe(`one that process ${process.pid} writes`);
    expect(readFileSync(lock, 'utf8')).toBe(text);
    unlinkSync(path);
    (await acquire()).release();
  });

  test('that comes too late, on a lock that has changed hands, changes nothing', async () => {
    const text = textOf(gone());
    writeFileSync(lock, text);
    const lease = await acquire();
    // As if another process had read the older lock and then slept: it finds its claim free.
    claimed(text, gone());
    expect((await refusal()).received).toBe(`one that process ${process.pid} writes`);
    lease.confirm();
    lease.release();
  });
});

describe('an owner that was held up', () => {
  /** As another process does that has waited for ten seconds. */
  const takeAway = () => {
    const text = textOf({ ...elsewhere, pid: 99 });
    writeFileSync(`${lock}.new`, text);
    renameSync(`${lock}.new`, lock);
    return text;
  };

  test('learns that its lock is lost, and leaves that of the next one alone', async () => {
    const lease = await acquire();
    const text = takeAway();
    await clock.renewAll();
    expect(readFileSync(lock, 'utf8')).toBe(text);
    expect(() => lease.confirm()).toThrow(StateError);
    expect(() => lease.confirm()).toThrow(
      'expected a file that this process still has the lock of',
    );
    expect(clock.actions.size).toBe(0);
    lease.release();
    expect(readFileSync(lock, 'utf8')).toBe(text);
  });

  test('says who has it now', async () => {
    const lease = await acquire();
    takeAway();
    expect(() => lease.confirm()).toThrow('received one that process 99 on pod-7 writes.');
  });

  test('does not get back a lock that somebody has deleted', async () => {
    const lease = await acquire();
    unlinkSync(lock);
    expect(() => lease.confirm()).toThrow(StateError);
    lease.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('goes on when nobody has taken the lock', async () => {
    const lease = await acquire();
    clock.time += 60_000;
    const before = readFileSync(lock, 'utf8');
    lease.confirm();
    expect(readFileSync(lock, 'utf8')).not.toBe(before);
    expect(readdirSync(folder)).toEqual(['a.lock']);
    clock.time += 60_000;
    lease.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('does not go on when somebody is about to take it', async () => {
    const [one, two] = [await acquire(), await acquire(join(folder, 'b'))];
    clock.time += 60_000;
    for (const name of ['a', 'b']) {
      const path = join(folder, `${name}.lock`);
      writeFileSync(claimOn(path, readFileSync(path, 'utf8')), textOf(elsewhere));
    }
    const before = readdirSync(folder);
    // As the timer does first when a process goes on.
    await clock.renewAll();
    expect(() => one.confirm()).toThrow(StateError);
    two.release();
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('what is left behind', () => {
  test.runIf(process.platform === 'linux')('by drafts goes with the next lock', async () => {
    const { pid } = gone();
    writeFileSync(draftFor(lock).replace(`-${process.pid}-`, `-${pid}-`), 'half');
    (await acquire()).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.runIf(canMount)('on a full disk is nothing', async () => {
    mountDisk(folder, 16);
    try {
      expect(() => writeFileSync(join(folder, 'fill'), Buffer.alloc(100_000))).toThrow('ENOSPC');
      await expect(acquire()).rejects.toThrow('ENOSPC');
      expect(readdirSync(folder)).toEqual(['fill']);
    } finally {
      unmount(folder);
    }
  });

  test.skipIf(process.platform === 'win32')('may be a pipe, which nobody waits for', async () => {
    makeFifo(lock);
    (await acquire()).release();
    expect(clock.slept).toBeGreaterThanOrEqual(10_000);
    expect(readdirSync(folder)).toEqual([]);
  });
});
