// Compiles lib/ to dist/. With --if-stale only when a source is newer than the last build.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const distribution = path.join(root, 'dist');
const stamp = path.join(distribution, 'index.js');
const command = path.join(distribution, 'cli/main.js');

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
 * Files whose sources are gone go too. Type errors are printed; the code is written all the same.
 * @returns {boolean} whether there were no errors
 */
function buildTypescript() {
  fs.rmSync(distribution, { recursive: true, force: true });
  const compiler = require.resolve('typescript/bin/tsc');
  const words = [compiler, '-p', 'tsconfig.build.json'];
  const result = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' });
  if (fs.existsSync(command)) fs.chmodSync(command, 0o755);
  return result.status === 0;
}

module.exports = { buildTypescript, isStale };

if (require.main === module) {
  const needed = !process.argv.includes('--if-stale') || isStale();
  if (needed && !buildTypescript()) process.exitCode = 1;
}
