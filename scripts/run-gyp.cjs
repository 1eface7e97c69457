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
 * Runs node-gyp on all cores and hands on its output.
 * @param {string[]} words commands and flags of node-gyp
 * @param {{ directory: string, stdio?: import('node:child_process').StdioOptions }} options
 * @returns {boolean} whether it succeeded
 */
function runNodeGyp(words, { directory, stdio = 'inherit' }) {
  const script = findNodeGyp();
  const environment = { ...gypEnvironment() };
  const flags = ['--jobs', 'max', '--force-process-config'];
  const options = { cwd: directory, stdio, env: environment };
  const result = script
    ? spawnSync(process.execPath, [script, ...words, ...flags], options)
    : spawnSync('node-gyp', [...words, ...flags], {
        ...options,
        shell: process.platform === 'win32',
      });
  if (result.error) console.error(String(result.error));
  return result.status === 0;
}

module.exports = { runNodeGyp };
