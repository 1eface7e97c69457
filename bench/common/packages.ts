import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { paths } from './paths.js';

/**
 * Packages that only the benchmarks need are installed in bench/, or in the folder that
 * `LAYERWISE_BENCH_PACKAGES` names, and may be missing. They are loaded by name, and the few of their
 * functions that are used are described by interfaces of our own, so that the type check needs none.
 */
const folders = [paths.bench, process.env.LAYERWISE_BENCH_PACKAGES ?? ''];

/** Where a package begins, as `require` finds it, or null when it is not installed. */
export function findPackage(name: string): string | null {
  for (const folder of folders.filter((candidate) => candidate !== '')) {
    try {
      return createRequire(path.join(path.resolve(folder), 'package.json')).resolve(name);
    } catch {
      // Perhaps in the next one.
    }
  }
  return null;
}

/** The folder of an installed package, or null. */
export function packageDirectory(name: string): string | null {
  const entry = findPackage(name);
  if (entry === null) return null;
  let directory = path.dirname(entry);
  while (!isPackageRoot(directory, name)) {
    const parent = path.dirname(directory);
    if (parent === directory) return null;
    directory = parent;
  }
  return directory;
}

function isPackageRoot(directory: string, name: string): boolean {
  const file = path.join(directory, 'package.json');
  if (!existsSync(file)) return false;
  return (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === name;
}

/** The installed version of a package, or null. */
export function packageVersion(name: string): string | null {
  const directory = packageDirectory(name);
  if (directory === null) return null;
  const file = path.join(directory, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/**
 * Loads a package.
 *
 * @throws Error when it is not installed.
 */
export async function importPackage<T>(name: string): Promise<T> {
  const entry = findPackage(name);
  if (entry === null) throw new Error(`${name} is not installed: run npm ci --prefix bench`);
  const loaded = (await import(pathToFileURL(entry).href)) as { default?: T } & T;
  return loaded.default ?? loaded;
}
