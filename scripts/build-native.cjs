// Builds the addon, and with --tests the C++ tests, doing only what has changed since the last time.

const fs = require('node:fs');
const path = require('node:path');
const { runNodeGyp } = require('./run-gyp.cjs');

const root = path.resolve(__dirname, '..');

const shared = [
  'native/settings.gypi',
  'native/sources.json',
  'package.json',
  'scripts/gyp-inputs.cjs',
];
const addon = { directory: root, inputs: [...shared, 'binding.gyp', 'native/exports.map'] };
const tests = {
  directory: path.join(root, 'test/native'),
  inputs: [...shared, 'test/native/binding.gyp', 'test/native/sources.json'],
};
const testProgram = path.join(
  tests.directory,
  'build/Release',
  process.platform === 'win32' ? 'core_tests.exe' : 'core_tests',
);

/** @param {string} file @returns {number} 0 when there is no such file */
function modifiedAt(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @param {typeof addon} target */
function isConfigured({ directory, inputs }) {
  const configured = modifiedAt(path.join(directory, 'build/config.gypi'));
  return inputs.every((input) => modifiedAt(path.join(root, input)) < configured);
}

/** @param {typeof addon} target @param {boolean} quiet */
function build(target, quiet) {
  const words = isConfigured(target) ? ['build'] : ['configure', 'build'];
  if (!runNodeGyp(words, { directory: target.directory, quiet })) {
    throw new Error(
      `building the native code failed in ${path.relative(root, target.directory) || '.'}`,
    );
  }
}

/** The generated makefile does not know that the tests depend on the library: it must link anew. */
function dropStaleTestProgram() {
  const suffix = process.platform === 'win32' ? 'lib' : 'a';
  const library = path.join(root, `build/Release/layerwise_core.${suffix}`);
  if (modifiedAt(testProgram) < modifiedAt(library)) fs.rmSync(testProgram, { force: true });
}

/** @param {{ withTests?: boolean, quiet?: boolean }} [options] */
function buildNative({ withTests = false, quiet = false } = {}) {
  build(addon, quiet);
  if (!withTests) return;
  dropStaleTestProgram();
  build(tests, quiet);
}

module.exports = { buildNative, testProgram };

if (require.main === module) {
  try {
    buildNative({ withTests: process.argv.includes('--tests') });
  } catch (error) {
    console.error(String(error));
    process.exitCode = 1;
  }
}
