// Builds the addon, and with --tests the C++ tests, doing only what has changed since the last time. With --if-stale
// a checkout that is up to date needs no compiler, and only what fails is told. What users compile with is
// compile.cjs.

const fs = require('node:fs');
const path = require('node:path');
const { gypEnvironment } = require('./node-directory.cjs');
const { runNodeGyp } = require('./run-gyp.cjs');
const { missingToolsText, toolchainOf } = require('./toolchain.cjs');

const root = path.resolve(__dirname, '..');

const shared = [
  'native/settings.gypi',
  'native/sources.json',
  'package.json',
  'scripts/gyp-inputs.cjs',
];
const addon = {
  directory: root,
  inputs: [...shared, 'binding.gyp', 'native/addon.gypi', 'native/exports.map'],
};
const tests = {
  directory: path.join(root, 'test/native'),
  inputs: [...shared, 'test/native/binding.gyp', 'test/native/sources.json'],
};
const binary = path.join(root, 'build/Release/layerwise.node');
const testProgram = path.join(
  tests.directory,
  'build/Release',
  process.platform === 'win32' ? 'core_tests.exe' : 'core_tests',
);

/** @param {string} file @returns {number} 0 when there is no such file */
function modifiedAt(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @returns {boolean} whether the addon is older than what it is made of */
function isStale() {
  const built = modifiedAt(binary);
  const sources = fs
    .readdirSync(path.join(root, 'native'), { recursive: true })
    .map((entry) => path.join('native', String(entry)));
  return [...addon.inputs, ...sources].some((file) => modifiedAt(path.join(root, file)) > built);
}

/** @param {typeof addon} target */
function isConfigured({ directory, inputs }) {
  const configured = modifiedAt(path.join(directory, 'build/config.gypi'));
  return inputs.every((input) => modifiedAt(path.join(root, input)) < configured);
}

/**
 * Builds what .gyp file a folder has.
 *
 * @param {string[]} words commands of node-gyp
 * @param {{ directory: string, quiet: boolean }} options quiet shows the output only of a failure
 */
async function buildWithGyp(words, { directory, quiet }) {
  const toolchain = toolchainOf(process.env);
  if (toolchain.missing.length > 0) throw new Error(missingToolsText(toolchain));
  const environment = { ...gypEnvironment(), ...toolchain.environment };
  const { succeeded, output } = await runNodeGyp(words, {
    directory,
    environment,
    ...(!quiet && { onOutput: (text) => process.stderr.write(text) }),
  });
  if (succeeded) return;
  if (quiet) console.error(output);
  const where = path.relative(root, directory) || '.';
  throw new Error(`building the native code failed in ${where}`);
}

/** @param {typeof addon} target @param {boolean} quiet */
function build(target, quiet) {
  const words = isConfigured(target) ? ['build'] : ['configure', 'build'];
  return buildWithGyp(words, { directory: target.directory, quiet });
}

/** The generated makefile does not know that the tests depend on the library: it must link anew. */
function dropStaleTestProgram() {
  const suffix = process.platform === 'win32' ? 'lib' : 'a';
  const library = path.join(root, `build/Release/layerwise_core.${suffix}`);
  if (modifiedAt(testProgram) < modifiedAt(library)) fs.rmSync(testProgram, { force: true });
}

/** @param {{ withTests?: boolean, quiet?: boolean }} [options] */
async function buildNative({ withTests = false, quiet = false } = {}) {
  if (quiet && modifiedAt(binary) === 0) {
    console.log('compiling the core, which takes a minute or more ...');
  }
  await build(addon, quiet);
  if (!withTests) return;
  dropStaleTestProgram();
  await build(tests, quiet);
}

module.exports = { buildNative, buildWithGyp, testProgram };

if (require.main === module) {
  const withTests = process.argv.includes('--tests');
  const quiet = process.argv.includes('--if-stale');
  const done = quiet && !isStale() ? Promise.resolve() : buildNative({ withTests, quiet });
  done.catch((error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  });
}
