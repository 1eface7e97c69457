import { readdirSync } from 'node:fs';

/** Which C library of Linux the process runs on: a binary that was built for another one does not load. */

export interface Libc {
  readonly name: 'glibc' | 'musl';
  /** Null where the library does not tell. */
  readonly version: string | null;
}

/** Null on every other system, and where it cannot be found out. */
export function libcOf(): Libc | null {
  if (process.platform !== 'linux') return null;
  const version = glibcVersion();
  if (version !== null) return { name: 'glibc', version };
  return hasMuslLoader() ? { name: 'musl', version: null } : null;
}

interface Reporter {
  /** Newer versions of Node have it. */
  excludeNetwork?: boolean;
  getReport(): { readonly header?: { readonly glibcVersionRuntime?: unknown } };
}

function glibcVersion(): string | null {
  // Runtimes other than Node may have no reports.
  const reporter = process.report as unknown as Partial<Reporter> | undefined;
  if (reporter === undefined || !canReport(reporter)) return null;
  const before = reporter.excludeNetwork ?? false;
  // The names of all addresses would be looked up.
  reporter.excludeNetwork = true;
  try {
    const version = reporter.getReport().header?.glibcVersionRuntime;
    return typeof version === 'string' ? version : null;
  } finally {
    reporter.excludeNetwork = before;
  }
}

function canReport(reporter: Partial<Reporter>): reporter is Reporter {
  return typeof reporter.getReport === 'function';
}

function hasMuslLoader(): boolean {
  try {
    return readdirSync('/lib').some((name) => name.startsWith('ld-musl-'));
  } catch {
    return false;
  }
}
