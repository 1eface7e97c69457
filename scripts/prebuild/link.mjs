/** Links the objects of the addon, in the way of each system. */

import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readAppleSettings } from './settings.mjs';
import { importSource } from './windows-imports.mjs';
import { runZig, zigFolder } from './zig.mjs';

/**
 * @typedef {object} Linked
 * @property {import('./targets.mjs').Target} target
 * @property {string} triple
 * @property {readonly string[]} objects
 * @property {readonly string[]} flags of binding.gyp for the linker of Linux
 * @property {string} folder for what is made on the way
 * @property {string} output
 */

/** @param {Linked} what */
async function linkForLinux({ triple, objects, flags, output }) {
  const words = ['-target', triple, '-shared', '-fPIC', '-O3', '-s', ...flags];
  await runZig(['c++', ...words, ...objects, '-o', output]);
}

/** @param {Linked} what */
async function linkForWindows({ triple, objects, folder, output }) {
  const source = path.join(folder, 'imports.c');
  const imports = path.join(folder, 'imports.o');
  writeFileSync(source, importSource(8));
  await runZig(['cc', '-target', triple, '-O2', '-Wall', '-Werror', '-c', source, '-o', imports]);
  await runZig([
    'c++',
    '-target',
    triple,
    '-shared',
    '-O3',
    '-s',
    ...objects,
    imports,
    '-o',
    output,
  ]);
}

/** The linker of LLVM for macOS: Zig's own cannot leave out the names that nobody may see. */
function findAppleLinker() {
  const names = ['ld64.lld-19', 'ld64.lld-20', 'ld64.lld-18', 'ld64.lld'];
  const found = names.find((name) => spawnSync(name, ['--version']).status === 0);
  if (found) return found;
  throw new Error(
    'binaries for macOS need the linker ld64.lld, which is not installed: apt-get install lld-19',
  );
}

/**
 * The static libraries of C++ that Zig made for the target, which is told by a link of its own.
 *
 * @param {string} triple
 * @param {string} folder
 */
async function librariesFor(triple, folder) {
  const source = path.join(folder, 'probe.cc');
  writeFileSync(source, 'int Probe() { return 0; }\n');
  const words = ['-target', triple, '-shared', '-O3', '-s', '--verbose', source];
  const output = await runZig(['c++', ...words, '-o', path.join(folder, 'probe')]);
  const libraries = output.match(/^zig ld .*$/m)?.[0].match(/\S+\.a\b/g) ?? [];
  if (!libraries.some((file) => file.endsWith('/libc++.a'))) {
    throw new Error(`Zig does not say what it links with:\n${output}`);
  }
  return libraries;
}

/** @param {Linked} what */
async function linkForApple({ target, triple, objects, folder, output }) {
  const linker = findAppleLinker();
  const { oldestSystem, linkerFlags } = readAppleSettings();
  const system = `lib/libc/darwin/libSystem.${parseInt(oldestSystem, 10)}.tbd`;
  const words = [
    ...['-arch', target.arch === 'x64' ? 'x86_64' : 'arm64'],
    ...['-platform_version', 'macos', oldestSystem, oldestSystem],
    ...['-dylib', '-install_name', '@rpath/layerwise.node'],
    ...['-undefined', 'dynamic_lookup', ...linkerFlags],
    ...['-x', '-S', '-adhoc_codesign'],
    ...['-o', output, ...objects],
    ...(await librariesFor(triple, folder)),
    path.join(zigFolder(), system),
  ];
  execFileSync(linker, words, { stdio: 'inherit' });
}

const linkers = { linux: linkForLinux, win32: linkForWindows, darwin: linkForApple };

/** @param {Linked} what */
export async function link(what) {
  await linkers[what.target.platform](what);
}
