// Starts node-gyp, wherever it is: installed beside us, or bundled with npm.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { gypEnvironment } = require('./node-directory.cjs');

/** @returns {string | undefined} the script of node-gyp */
function findNodeGyp() {
  const candidates = [];
  try {
    candidates.push(require.resolve('node-gyp/bin/node-gyp.js'));
  } catch {
    // Not installed beside us, as in a user's project.
  }
  if (process.env.npm_config_node_gyp) candidates.push(process.env.npm_config_node_gyp);
  const npm = process.env.npm_execpath;
  if (npm) candidates.push(path.resolve(npm, '../../node_modules/node-gyp/bin/node-gyp.js'));
  const bundled = 'node_modules/npm/node_modules/node-gyp/bin/node-gyp.js';
  candidates.push(path.resolve(process.execPath, '../../lib', bundled));
  candidates.push(path.resolve(process.execPath, '..', bundled));
  return candidates.find((file) => fs.existsSync(file));
}

/**
 * Runs node-gyp on all cores.
 * @param {string[]} words commands and flags of node-gyp
 * @param {{ directory: string, quiet?: boolean }} options quiet shows the output only of a failure
 * @returns {boolean} whether it succeeded
 */
function runNodeGyp(words, { directory, quiet = false }) {
  const script = findNodeGyp();
  const all = [...words, '--jobs', 'max', '--force-process-config'];
  /** @type {import('node:child_process').SpawnSyncOptionsWithStringEncoding} */
  const options = {
    cwd: directory,
    env: gypEnvironment(),
    stdio: quiet ? 'pipe' : 'inherit',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  };
  const result = script
    ? spawnSync(process.execPath, [script, ...all], options)
    : spawnSync('node-gyp', all, { ...options, shell: process.platform === 'win32' });
  const succeeded = result.status === 0;
  if (result.error) console.error(String(result.error));
  if (quiet && !succeeded) console.error(`${result.stdout}\n${result.stderr}`);
  return succeeded;
}

module.exports = { runNodeGyp };
