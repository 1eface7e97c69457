/** The programs that a binary can be run in on this machine: Nodes, Bun, Deno, under emulators where needed. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../../packages.mjs';
import { findCommand } from '../../run-gyp.cjs';
import { missingForMusl, muslArm64Root, muslEnvironment } from './musl.mjs';

const folder = fileURLToPath(new URL('../hosts', import.meta.url));

/**
 * @typedef {object} Host
 * @property {string} target whose binary it loads
 * @property {string} name
 * @property {string[]} command what runs a program in it
 * @property {NodeJS.ProcessEnv} [environment]
 * @property {string | undefined} [missing] what to install before it can be used
 * @property {boolean} [hidesVariables] whether native code does not see variables that a program sets itself
 * @property {boolean} [canRename] whether it can be tried under another name
 */

/** What is missing, if that is so. @param {boolean} exists @param {string} packages of Debian */
function unless(exists, packages) {
  return exists ? undefined : `apt-get install -y ${packages}`;
}

/** The root with the libraries of arm64. */
const arm64Root = '/usr/aarch64-linux-gnu';

/** For programs of arm64. */
const hasEmulator = findCommand('qemu-aarch64-static') !== undefined;

/** @param {(name: string) => string} file @returns {Promise<Host[]>} */
async function muslHosts(file) {
  const missing = missingForMusl('x64');
  const missingArm64 = missingForMusl('arm64');
  const variables = missingArm64 ? {} : await muslEnvironment('arm64');
  return [
    {
      target: 'linux-x64-musl',
      name: 'Bun for musl',
      command: [file('@oven/bun-linux-x64-musl/bin/bun')],
      environment: missing ? {} : await muslEnvironment('x64'),
      hidesVariables: true,
      missing,
    },
    {
      target: 'linux-arm64-musl',
      name: 'Bun for musl in QEMU',
      command: [
        ...['qemu-aarch64-static', '-L', muslArm64Root],
        ...Object.entries(variables).flatMap(([name, value]) => ['-E', `${name}=${value}`]),
        file('@oven/bun-linux-aarch64-musl/bin/bun'),
      ],
      hidesVariables: true,
      missing: unless(hasEmulator, 'qemu-user-static') ?? missingArm64,
    },
  ];
}

/** @returns {Promise<Host[]>} */
export async function hosts() {
  const modules = installPackages(folder, 'the hosts that binaries are tried in (1.4 GB, once)');
  const file = (/** @type {string} */ name) => path.join(modules, name);
  const arm64 = unless(
    hasEmulator && existsSync(path.join(arm64Root, 'lib/libstdc++.so.6')),
    'qemu-user-static libstdc++6-arm64-cross',
  );
  const wine = unless(findCommand('wine') !== undefined, 'wine wine64');
  const nodes = [20, 22, 24, 26].map((version) => ({
    target: 'linux-x64-glibc',
    name: `Node ${version}`,
    command: [file(`node${version}/bin/node`)],
  }));
  const wines = [20, 22].map((version) => ({
    target: 'win32-x64',
    name: `Node ${version} in Wine`,
    command: ['wine', file(`node${version}-windows/bin/node.exe`)],
    environment: { NODE_SKIP_PLATFORM_CHECK: '1', WINEDEBUG: '-all' },
    canRename: true,
    missing: wine,
  }));
  return [
    ...nodes,
    {
      target: 'linux-x64-glibc',
      name: 'Bun',
      command: [file('@oven/bun-linux-x64/bin/bun')],
      hidesVariables: true,
    },
    {
      target: 'linux-x64-glibc',
      name: 'Deno',
      command: [file('@deno/linux-x64-glibc/deno'), 'run', '--allow-all'],
    },
    {
      target: 'linux-arm64-glibc',
      name: 'Node 20 in QEMU',
      command: ['qemu-aarch64-static', '-L', arm64Root, file('node20-arm64/bin/node')],
      missing: arm64,
    },
    ...(await muslHosts(file)),
    ...wines,
  ];
}
