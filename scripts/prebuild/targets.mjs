/** The systems that a published package has a binary for. */

import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @typedef {object} Target
 * @property {string} name for `--only`
 * @property {string} triple as the compiler names it; that of macOS lacks the version
 * @property {'linux' | 'darwin' | 'win32'} platform as Node names it
 * @property {'x64' | 'arm64'} arch
 * @property {'glibc' | 'musl'} [libc]
 */

/** The glibc of Debian 10, RHEL 8 and Amazon Linux 2023 and everything newer; that of Node itself. */
export const oldestGlibc = '2.28';

/** @type {readonly Target[]} */
export const targets = [
  {
    name: 'linux-x64-glibc',
    triple: `x86_64-linux-gnu.${oldestGlibc}`,
    platform: 'linux',
    arch: 'x64',
    libc: 'glibc',
  },
  {
    name: 'linux-arm64-glibc',
    triple: `aarch64-linux-gnu.${oldestGlibc}`,
    platform: 'linux',
    arch: 'arm64',
    libc: 'glibc',
  },
  {
    name: 'linux-x64-musl',
    triple: 'x86_64-linux-musl',
    platform: 'linux',
    arch: 'x64',
    libc: 'musl',
  },
  {
    name: 'linux-arm64-musl',
    triple: 'aarch64-linux-musl',
    platform: 'linux',
    arch: 'arm64',
    libc: 'musl',
  },
  { name: 'darwin-arm64', triple: 'aarch64-macos', platform: 'darwin', arch: 'arm64' },
  { name: 'darwin-x64', triple: 'x86_64-macos', platform: 'darwin', arch: 'x64' },
  { name: 'win32-x64', triple: 'x86_64-windows-gnu', platform: 'win32', arch: 'x64' },
  { name: 'win32-arm64', triple: 'aarch64-windows-gnu', platform: 'win32', arch: 'arm64' },
];

/** The targets of these names, all without names. @param {readonly string[]} names */
export function targetsNamed(names) {
  const known = targets.map((target) => target.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`there is no target "${unknown.join('", "')}"; there are ${known.join(', ')}`);
  }
  return names.length === 0 ? targets : targets.filter((target) => names.includes(target.name));
}

/** Where node-gyp-build looks for its binary. @param {Target} target */
export function binaryOf({ platform, arch, libc }) {
  const file = libc ? `layerwise.${libc}.node` : 'layerwise.node';
  return path.join(root, 'prebuilds', `${platform}-${arch}`, file);
}

/** An ignored folder for what is made on the way. @param {Target} target */
export function workFolderOf(target) {
  return path.join(root, '.prebuild', target.name);
}
