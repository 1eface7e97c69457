import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, version } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { type Libc, libcOf } from '../../libc.js';

/** What the system tells about itself, in any runtime that has the modules of Node. */

export interface RuntimeFacts {
  /** What runs this program: the others claim to be Node as well. */
  readonly name: 'node' | 'bun' | 'deno' | 'electron';
  readonly version: string;
  /** Of the engine; null where it is another one. */
  readonly v8: string | null;
  /** The newest version of Node-API that it has. */
  readonly nodeApi: string | null;
}

export function runtimeFacts(): RuntimeFacts {
  const versions: Partial<Record<string, string>> = process.versions;
  const name = (['bun', 'deno', 'electron'] as const).find((one) => versions[one]) ?? 'node';
  return {
    name,
    version: versions[name] ?? process.version,
    v8: versions.v8 ?? null,
    nodeApi: versions.napi ?? null,
  };
}

export interface SystemFacts {
  readonly name: string;
  readonly kernel: string;
  /** Of Linux. */
  readonly libc: Libc | null;
  readonly locale: string;
}

export function systemFacts(): SystemFacts {
  return {
    name: distribution() ?? version(),
    kernel: release(),
    libc: libcOf(),
    locale: Intl.DateTimeFormat().resolvedOptions().locale,
  };
}

/** `Debian GNU/Linux 12 (bookworm)`; null where Linux has no name. */
function distribution(): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME=(["']?)(.*)\1$/m.exec(text)?.[2] ?? null;
  } catch {
    return null;
  }
}

export interface ProcessorFacts {
  readonly model: string;
  readonly count: number;
  /** Those that the process may run on. */
  readonly available: number;
}

export function processorFacts(): ProcessorFacts {
  const all = cpus();
  // Some systems leave the names of their processors empty, or list none.
  const model = all[0]?.model.trim() || 'unknown';
  return { model, count: all.length, available: availableParallelism() };
}

export interface MemoryFacts {
  /** Bytes of the machine. */
  readonly total: number;
  /** That its control group leaves to the process; null without a limit. */
  readonly limit: number | null;
  /** That JavaScript may take. */
  readonly heapLimit: number;
}

export function memoryFacts(): MemoryFacts {
  const total = totalmem();
  const limit = process.constrainedMemory?.() ?? 0;
  return {
    total,
    // Without a limit this is 0, or more than any machine has.
    limit: limit > 0 && limit < total ? limit : null,
    heapLimit: getHeapStatistics().heap_size_limit,
  };
}
