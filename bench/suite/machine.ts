import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Machine } from './results.js';

/** What a reader must know to compare figures; nothing that names the machine. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memoryBytes: totalmem(),
    load: process.platform === 'win32' ? null : (loadavg()[0] ?? null),
    system: `${type()} ${release().split('-')[0]} ${process.arch}`,
    node: process.version,
  };
}

/** Whether others used the machine before the run, so that its figures are rough. */
export function isBusy({ load }: Machine): boolean {
  return load !== null && load > 1;
}
