// What native/addon.gypi asks for, so that the list of sources and the version exist once.
//
//   node gyp-inputs.cjs core kernels ...         the sources of these parts of native/sources.json
//   node gyp-inputs.cjs tests                the sources of test/native/sources.json
//   node gyp-inputs.cjs --version            the version of the package
//   node gyp-inputs.cjs --strict             1 in a checkout, where warnings are errors; else 0
//
// Paths are relative to the working directory, which gyp sets to the folder of the .gyp file.

const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');

/** @param {string} file */
function readJson(file) {
  return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
}

/** @param {string} part */
function sourcesOf(part) {
  if (part === 'tests') return readJson('test/native/sources.json');
  const sources = readJson('native/sources.json')[part];
  if (!sources) throw new Error(`native/sources.json has no part "${part}"`);
  return sources;
}

/** @param {string[]} words */
function answer(words) {
  if (words[0] === '--version') return readJson('package.json').version;
  // A user's newer compiler may know warnings that ours does not: they must not break an install.
  if (words[0] === '--strict') return fs.existsSync(path.join(root, '.clang-format')) ? '1' : '0';
  return words
    .flatMap(sourcesOf)
    .map((source) => path.relative(process.cwd(), path.join(root, source)).replaceAll('\\', '/'))
    .join('\n');
}

console.log(answer(process.argv.slice(2)));
