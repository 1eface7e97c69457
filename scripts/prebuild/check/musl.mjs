/**
 * Bun for musl on a machine with Debian, which has the loader of musl, but no C++ library for it: the
 * one for glibc does, beside a library with the few names that are missing.
 */

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../targets.mjs';
import { runZig } from '../zig.mjs';

const systems = {
  x64: { triple: 'x86_64-linux-musl', loader: 'ld-linux-x86-64.so.2' },
  arm64: { triple: 'aarch64-linux-musl', loader: 'ld-linux-aarch64.so.1' },
};

/** Where Debian has the libraries of glibc. */
const glibcFolders = {
  x64: '/usr/lib/x86_64-linux-gnu',
  arm64: '/usr/aarch64-linux-gnu/lib',
};

/** With musl's loader for arm64, which Debian has no package for that can be installed beside others. */
export const muslArm64Root = path.join(root, '.prebuild/musl-arm64');

const loaders = {
  x64: '/lib/ld-musl-x86_64.so.1',
  arm64: path.join(muslArm64Root, 'lib/ld-musl-aarch64.so.1'),
};

const remedies = {
  x64: 'apt-get install -y musl libstdc++6',
  arm64: `dpkg --add-architecture arm64; apt-get update; apt-get download musl:arm64; dpkg -x musl_*_arm64.deb ${muslArm64Root}; apt-get install -y libstdc++6-arm64-cross`,
};

/** What to do before programs for musl run here; undefined when they do. @param {'x64' | 'arm64'} arch */
export function missingForMusl(arch) {
  const needed = [loaders[arch], path.join(glibcFolders[arch], 'libstdc++.so.6')];
  return needed.every((file) => existsSync(file)) ? undefined : remedies[arch];
}

/**
 * Variables with which Bun for musl finds a C++ library.
 *
 * @param {'x64' | 'arm64'} arch
 * @returns {Promise<{ LD_PRELOAD: string, LD_LIBRARY_PATH: string }>}
 */
export async function muslEnvironment(arch) {
  const { triple, loader } = systems[arch];
  const folder = path.join(root, '.prebuild/musl', arch);
  mkdirSync(folder, { recursive: true });
  for (const name of ['libstdc++.so.6', 'libgcc_s.so.1']) {
    copyFileSync(path.join(glibcFolders[arch], name), path.join(folder, name));
  }
  const names = path.join(folder, 'libglibc-names.so');
  const empty = path.join(folder, 'empty.c');
  writeFileSync(empty, 'int nothing;\n');
  const words = ['cc', '-target', triple, '-shared', '-fPIC'];
  await runZig([...words, 'scripts/prebuild/check/glibc-names.c', '-o', names]);
  // The loader of glibc, which libstdc++ names, must not come in.
  await runZig([...words, empty, '-o', path.join(folder, loader)]);
  return { LD_PRELOAD: names, LD_LIBRARY_PATH: folder };
}
