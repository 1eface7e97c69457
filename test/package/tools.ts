import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.js';
import { Skipped } from './step.js';

/**
 * The programs that the package is tried with: several Nodes, npms, bundlers. They come on first use,
 * into the ignored folder node_modules beside this file.
 */

const folder = path.join(root, 'test/package');
const modules = path.join(folder, 'node_modules');
const lock = path.join(folder, 'package-lock.json');
/** A copy of the lock that they were installed by. */
const installedLock = path.join(modules, '.installed-lock.json');

/** Installs what test/package/package.json names, unless that is done. */
export function installTools(): void {
  const wanted = readFileSync(lock, 'utf8');
  if (existsSync(installedLock) && readFileSync(installedLock, 'utf8') === wanted) return;
  console.log('installing the tools of test/package (about 1 GB, once)');
  // By force: the Nodes of other versions than this one are packages that name one another's engine.
  const words = ['ci', '--ignore-scripts', '--force', '--no-audit', '--loglevel=error'];
  const shell = process.platform === 'win32';
  execFileSync('npm', words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], shell });
  writeFileSync(installedLock, wanted);
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
