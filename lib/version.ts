import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Which version of the package this is, and what it has to say of files that a newer one wrote. */

/**
 * The folder of our package.json: above lib/ while developing, above dist/ when installed. Null where a bundler
 * has taken the code out of the package.
 */
export function packageRoot(): string | null {
  const start = ownFolder();
  if (start === null) return null;
  for (let folder = start; ; folder = dirname(folder)) {
    if (manifestIn(folder)?.name === 'layerwise') return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** Null where a bundler has left nothing that tells. */
function ownFolder(): string | null {
  try {
    return dirname(fileURLToPath(import.meta.url));
  } catch {
    // CommonJS in a bundle of ES modules: there is no `__filename`.
    return null;
  }
}

interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
}

function manifestIn(folder: string): Manifest | null {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch {
    // One of a program around a bundle: what is wrong with it is not for us to say.
    return null;
  }
}

let known: string | undefined;

/** `0.1.0`, as package.json says. */
export function packageVersion(): string {
  const root = packageRoot();
  known ??= String(root === null ? 'unknown' : manifestIn(root)?.version);
  return known;
}

/**
 * What to do about a file that cannot be read, as a sentence; empty where the version that wrote it
 * is not known, or is no newer than this one.
 */
export function remedyForWriter(version: unknown): string {
  const ours = packageVersion();
  if (typeof version !== 'string' || !isNewer(version, ours)) return '';
  return `The file was written by layerwise ${version}, and this is ${ours}: update the package.`;
}

/** Compares `major.minor.patch`; what follows them does not count. Other texts are never newer. */
function isNewer(version: string, than: string): boolean {
  const [left, right] = [partsOf(version), partsOf(than)];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return differs >= 0 && (left[differs] ?? 0) > (right[differs] ?? 0);
}

function partsOf(version: string): number[] {
  const parts = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+][\w.+-]{1,60})?$/.exec(version);
  return parts === null ? [] : parts.slice(1).map(Number);
}
