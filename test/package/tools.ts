import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.js';
import { Skipped } from './step.js';

/**
 * The programs that the package is tried with: several Nodes, npms, bundlers. They come on first use,
 * into the ignored folder node_modules beside this file.
 */

const folder = path.join(root, 'test/package');
const modules = path.join(folder, 'node_modules');

interface Packages {
  installPackages(folder: string, what: string): string;
}

/** Installs what test/package/package.json names, unless that is done. */
export async function installTools(): Promise<void> {
  const file = path.join(root, 'scripts/packages.mjs');
  const { installPackages } = (await import(pathToFileURL(file).href)) as Packages;
  installPackages(folder, 'the tools of test/package (about 1 GB, once)');
}

/**
 * A file of an installed tool.
 *
 * @param file below test/package/node_modules: `publint/src/cli.js`
 * @throws Skipped where the tool does not exist for this system.
 */
export function toolFile(file: string): string {
  const found = path.join(modules, file);
  if (!existsSync(found)) throw new Skipped(`${file} could not be installed here`);
  return found;
}

export type NodeMajor = 20 | 22 | 24 | 26;

/** The program `node` of a major version. */
export function nodeOf(major: NodeMajor): string {
  return toolFile(`node${major}/bin/node`);
}

const bun = '@oven/bun-linux-x64/bin/bun';

export function hasBun(): boolean {
  return existsSync(path.join(modules, bun));
}

/** Bun's program. */
export function bunProgram(): string {
  return toolFile(bun);
}

/** Deno's program. */
export function denoProgram(): string {
  return toolFile('@deno/linux-x64-glibc/deno');
}
