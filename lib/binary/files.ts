import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { libcOf } from '../libc.js';

/** The files of a package that may be the core of this system. */

interface Finder {
  resolve(folder: string): string;
}

/**
 * What was compiled here, in build/, or else the prebuilt binary of this system.
 *
 * @param root the folder of the package
 * @throws Error when there is none, or when what finds it is not installed.
 */
export function chosenBinary(root: string): string {
  const require = createRequire(join(root, 'package.json'));
  return (require('node-gyp-build') as Finder).resolve(root);
}

/**
 * The prebuilt binaries of this system that may load where the chosen file does not: that one may have been
 * compiled elsewhere, before node_modules was copied, or is for the wrong C library, as musl is only
 * taken for what it is on Alpine, and variables such as `LIBC` and `npm_config_arch` have a say.
 *
 * @param chosen the file that is known not to load
 */
export function otherBinaries(root: string, chosen: string | null): string[] {
  // Whoever works on the core wants to see that it does not load.
  if (existsSync(join(root, '.git'))) return [];
  // Whoever names a folder wants what is in it, or to hear that it is not there.
  if (process.env.LAYERWISE_PREBUILD) return [];
  const own = libcOf()?.name;
  const suits = (libc: string | undefined): boolean =>
    libc === undefined || own === undefined || libc === own;
  return prebuildsIn(root)
    .filter(({ system, file }) => isOwn(system) && suits(libcIn(file)))
    .map(({ system, file }) => join(root, 'prebuilds', system, file))
    .filter((file) => file !== chosen);
}

/** `linux-x64`, or `darwin-x64+arm64` for several processors. */
function isOwn(system: string): boolean {
  const [platform, processors = ''] = system.split('-');
  return platform === process.platform && processors.split('+').includes(process.arch);
}

/** `layerwise.musl.node`. */
function libcIn(file: string): string | undefined {
  return /\.(glibc|musl)\./.exec(file)?.[1];
}

export interface Prebuild {
  readonly system: string;
  readonly file: string;
}

/** All prebuilt binaries of a package, for whatever system. */
export function prebuildsIn(root: string): Prebuild[] {
  const folder = join(root, 'prebuilds');
  return namesIn(folder).flatMap((system) =>
    namesIn(join(folder, system))
      .filter((name) => name.endsWith('.node'))
      .map((file) => ({ system, file })),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // There is none.
    return [];
  }
}
