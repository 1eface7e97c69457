import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import type { Machine } from './results.js';

/** What a reader must know to compare figures; nothing that names the machine. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release().split('-')[0]} ${process.arch}`,
    node: process.version,
  };
}
