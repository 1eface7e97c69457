// Compiles lib/ to dist/, and joins the modules to few files, because finding and linking a hundred of them takes
// longer than running them. With --if-stale only when a source is newer than the last build.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const distribution = path.join(root, 'dist');
const stamp = path.join(distribution, 'index.js');
const command = path.join(distribution, 'cli/main.js');

/** What package.json exports and runs. */
const entries = ['index', 'search/index', 'cli/main'];

/** @param {string} file */
function modifiedAt(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @returns {boolean} whether dist/ is older than what it is made of */
function isStale() {
  const built = modifiedAt(stamp);
  const inputs = fs
    .readdirSync(path.join(root, 'lib'), { recursive: true })
    .map((entry) => path.join(root, 'lib', String(entry)));
  inputs.push(path.join(root, 'tsconfig.build.json'), path.join(root, 'tsconfig.base.json'));
  return inputs.some((input) => modifiedAt(input) > built);
}

/**
 * Type errors are printed; the code is written all the same.
 * @returns {boolean} whether there were no errors
 */
function compile() {
  const compiler = require.resolve('typescript/bin/tsc');
  const words = [compiler, '-p', 'tsconfig.build.json'];
  return spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' }).status === 0;
}

/** Writes the joined modules in place of the single ones; the types stay as they are. */
async function joinModules() {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map((name) => [name, path.join(distribution, `${name}.js`)])),
    platform: 'node',
    external: (name) => !name.startsWith('.') && !path.isAbsolute(name),
  });
  const options = { dir: distribution, chunkFileNames: 'chunks/[name].js' };
  const { output } = await bundle.write(options);
  await bundle.close();
  removeScriptsBut(new Set(output.map(({ fileName }) => path.join(distribution, fileName))));
}

/** @param {Set<string>} kept */
function removeScriptsBut(kept) {
  for (const entry of fs.readdirSync(distribution, { recursive: true })) {
    const file = path.join(distribution, String(entry));
    if (file.endsWith('.js') && !kept.has(file)) fs.rmSync(file);
  }
}

/**
 * Files whose sources are gone go too.
 * @returns {Promise<boolean>} whether there were no errors
 */
async function buildTypescript() {
  fs.rmSync(distribution, { recursive: true, force: true });
  const succeeded = compile();
  await joinModules();
  fs.chmodSync(command, 0o755);
  return succeeded;
}

module.exports = { buildTypescript, isStale };

if (require.main === module && !(process.argv.includes('--if-stale') && !isStale())) {
  buildTypescript().then((succeeded) => {
    if (!succeeded) process.exitCode = 1;
  });
}
