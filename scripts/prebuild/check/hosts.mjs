/** The programs that a binary can be run in on this machine: Nodes, Bun, Deno, under emulators where needed. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../packages.mjs';
import { root } from '../targets.mjs';

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

/** @param {string} program */
function isInstalled(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

/** What is missing, if that is so. @param {boolean} exists @param {string} packages of Debian */
function unless(exists, packages) {
  return exists ? undefined : `apt-get install -y ${packages}`;
}

/** The root with the libraries of arm64. */
const arm64Root = '/usr/aarch64-linux-gnu';
/** The same with musl, which Debian has no package for that two architectures could share. */
const muslArm64Root = path.join(root, '.prebuild/musl-arm64');
const muslLoader = '/lib/ld-musl-x86_64.so.1';

/** @returns {Host[]} */
export function hosts() {
  const modules = installPackages(folder, 'the hosts that binaries are tried in (1.4 GB, once)');
  const file = (/** @type {string} */ name) => path.join(modules, name);
  const arm64 = unless(
    isInstalled('qemu-aarch64-static') && existsSync(path.join(arm64Root, 'lib/libstdc++.so.6')),
    'qemu-user-static libstdc++6-arm64-cross',
  );
  const wine = unless(isInstalled('wine'), 'wine wine64');
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
      target: 'linux-x64-musl',
      name: 'Bun for musl',
      command: [file('@oven/bun-linux-x64-musl/bin/bun')],
      hidesVariables: true,
      missing: unless(existsSync(muslLoader), 'musl'),
    },
    {
      target: 'linux-arm64-glibc',
      name: 'Node 20 in QEMU',
      command: ['qemu-aarch64-static', '-L', arm64Root, file('node20-arm64/bin/node')],
      missing: arm64,
    },
    {
      target: 'linux-arm64-musl',
      name: 'Bun for musl in QEMU',
      command: [
        ...['qemu-aarch64-static', '-L', muslArm64Root],
        file('@oven/bun-linux-aarch64-musl/bin/bun'),
      ],
      hidesVariables: true,
      missing:
        arm64 ??
        (existsSync(muslArm64Root)
          ? undefined
          : `apt-get download musl:arm64 (after dpkg --add-architecture arm64), dpkg -x it to ${muslArm64Root}`),
    },
    ...wines,
  ];
}
