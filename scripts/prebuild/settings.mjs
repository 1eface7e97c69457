/** What binding.gyp says: sources, flags and what the linker is told, evaluated by gyp itself. */

import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './targets.mjs';

const require = createRequire(import.meta.url);

/**
 * @typedef {object} Settings
 * @property {string[]} sources relative to the root of the checkout
 * @property {string[]} compilerFlags
 * @property {string[]} linkerFlags
 */

/** Paths in flags are seen from the folder build/ of node-gyp. @param {string} flag */
function seenFromRoot(flag) {
  return flag.replace(/(^|=)\.\.\//, `$1${root}`);
}

/**
 * The targets of a file of gyp.
 *
 * @param {'linux' | 'mac'} system whose conditions hold; all compilers take the flags of Linux
 * @param {string} folder of binding.gyp, relative to the root
 * @returns {Record<string, any>}
 */
function evaluate(system, folder) {
  const gyp = path.join(require.resolve('node-gyp/package.json'), '../gyp/gyp_main.py');
  const here = path.join(root, 'scripts/prebuild');
  const directory = path.join(root, folder);
  const words = [
    gyp,
    'binding.gyp',
    '--no-parallel',
    '--depth=.',
    // Relative: gyp cuts this word at its first dash, and a folder above the checkout may have one.
    ...['-f', path.relative(directory, path.join(here, 'print_targets.py'))],
    ...['-I', path.join(here, 'node-gyp.gypi')],
    `-DOS=${system}`,
    `-Dmodule_root_dir=${folder}`,
  ];
  const output = execFileSync(process.env.PYTHON ?? 'python3', words, {
    cwd: directory,
    // No __pycache__ beside the generator.
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

/**
 * @param {any} target as gyp evaluated it
 * @param {string} folder that its paths are relative to
 * @returns {Settings}
 */
function settingsOf(target, folder) {
  const { configurations, sources } = target;
  const { include_dirs = [], defines = [], cflags_cc, ldflags = [] } = configurations.Default;
  const fromRoot = (/** @type {string} */ file) => path.join(folder, file);
  return {
    sources: sources.map(fromRoot),
    compilerFlags: [
      ...cflags_cc.map(seenFromRoot),
      ...defines.map((/** @type {string} */ define) => `-D${define}`),
      ...include_dirs.map((/** @type {string} */ directory) => `-I${fromRoot(directory)}`),
    ],
    linkerFlags: ldflags.map(seenFromRoot),
  };
}

/** The library, the addon over it, and the C++ tests. */
export function readSettings() {
  const { layerwise_core, layerwise } = evaluate('linux', '.');
  const addon = settingsOf(layerwise, '.');
  // What node-gyp would bring; the headers as those of a system, so that their warnings are not ours.
  const headers = require('node-api-headers').include_dir;
  addon.compilerFlags.push('-DBUILDING_NODE_EXTENSION', '-isystem', headers);
  return { library: settingsOf(layerwise_core, '.'), addon };
}

/** The C++ tests over the library. */
export function readTestSettings() {
  return settingsOf(evaluate('linux', 'test/native').core_tests, 'test/native');
}

/** What only Xcode would be told: the oldest macOS, and flags of the linker of macOS. */
export function readAppleSettings() {
  const settings = evaluate('mac', '.').layerwise.configurations.Default.xcode_settings;
  /** @type {string[]} */
  const flags = settings.OTHER_LDFLAGS;
  return {
    oldestSystem: String(settings.MACOSX_DEPLOYMENT_TARGET),
    linkerFlags: flags.flatMap((flag) => flag.replace(/^-Wl,/, '').split(',')),
  };
}
