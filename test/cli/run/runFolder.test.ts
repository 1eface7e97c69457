import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RunFolder } from '../../../lib/cli/run/runFolder.js';
import { StateError } from '../../../lib/errors.js';
import { Lease } from '../../../lib/io/lease.js';
import { LeaseRecord } from '../../../lib/io/leaseFile.js';

let folder: string;
let checkpoints: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerwise-run-'));
  checkpoints = join(folder, 'checkpoints', 'checkpoints');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const lockOf = (file: string) => `${file}.lock`;

/** What a process on another machine has left, which nobody can see from here. */
function leftElsewhere(file: string): void {
  const elsewhere = { host: 'pod-7', boot: 'another', pidNamespace: 'pid:[1]' };
  writeFileSync(lockOf(file), new LeaseRecord({ ...elsewhere, pid: 17, began: '123' }).text);
}

describe('the folder of a run', () => {
  test('that was left with both of its locks is waited for once', async () => {
    mkdirSync(join(folder, 'checkpoints'));
    for (const file of [join(folder, 'run'), checkpoints]) leftElsewhere(file);
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'performance'] });
    const opening = RunFolder.open(folder);
    // Until both are waited for.
    while (vi.getTimerCount() < 2) await setImmediate();
    await vi.advanceTimersByTimeAsync(10_250);
    const opened = await opening;
    expect(existsSync(lockOf(checkpoints))).toBe(false);
    expect(readFileSync(lockOf(join(folder, 'run')), 'utf8')).toContain(`"pid":${process.pid}`);
    opened.close();
  });

  test('is not opened while another training writes its checkpoints, and is free then', async () => {
    mkdirSync(join(folder, 'checkpoints'));
    const lease = await Lease.acquire(checkpoints);
    const refused = RunFolder.open(folder);
    await expect(refused).rejects.toBeInstanceOf(StateError);
    await expect(refused).rejects.toThrow(
      /expected the folder of a run that no other process works on, received one that process/,
    );
    expect(existsSync(lockOf(join(folder, 'run')))).toBe(false);
    lease.release();
    (await RunFolder.open(folder)).close();
  });

  test('has no checkpoints before it begins', async () => {
    (await RunFolder.open(folder)).close();
    expect(existsSync(join(folder, 'checkpoints'))).toBe(false);
  });
});
