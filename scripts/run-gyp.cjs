// Starts node-gyp, wherever it is: installed beside us, bundled with a package manager, or fetched by one.

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const windows = process.platform === 'win32';
const script = 'node-gyp/bin/node-gyp.js';
/** For those who have none: the newest that runs on all versions of Node that we do. */
const fetched = 'node-gyp@12';

/** @param {string} command @returns {string | undefined} its path, by the variable PATH */
function findCommand(command) {
  const names = windows ? [`${command}.cmd`, `${command}.exe`] : [command];
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
    .find((file) => fs.existsSync(file));
}

/** The copies of node-gyp that npm and pnpm bring. @returns {string[]} */
function bundledScripts() {
  const found = [];
  // npm/bin/npm-cli.js and npm/bin/npx-cli.js; pnpm/bin/pnpm.cjs
  for (const manager of [process.env.npm_execpath, findCommand('npm')]) {
    if (!manager) continue;
    const real = fs.existsSync(manager) ? fs.realpathSync(manager) : manager;
    found.push(path.resolve(real, '../../node_modules', script));
    found.push(path.resolve(real, '../../dist/node_modules', script));
    // Windows has npm.cmd beside the folder of npm.
    found.push(path.resolve(real, '../node_modules/npm/node_modules', script));
  }
  const npm = path.join('node_modules/npm/node_modules', script);
  found.push(path.resolve(process.execPath, '../../lib', npm));
  found.push(path.resolve(process.execPath, '..', npm));
  return found;
}

/** @returns {string | undefined} the script of node-gyp */
function findScript() {
  const candidates = [];
  try {
    candidates.push(require.resolve(script));
  } catch {
    // Not installed beside us, as in a user's project.
  }
  if (process.env.npm_config_node_gyp) candidates.push(process.env.npm_config_node_gyp);
  return [...candidates, ...bundledScripts()].find((file) => fs.existsSync(file));
}

/**
 * The program that runs scripts for Node. Bun does; Deno does not.
 * @returns {string | undefined}
 */
function nodeProgram() {
  return process.versions.deno ? findCommand('node') : process.execPath;
}

/** @returns {string[] | undefined} the words that start node-gyp, or nothing where there is no way to get it */
function nodeGypCommand() {
  const node = nodeProgram();
  const found = findScript();
  if (found && node) return [node, found];
  if (findCommand('node-gyp')) return ['node-gyp'];
  const runners = [
    ['npx', '--yes', fetched],
    ['pnpm', 'dlx', fetched],
    ['bunx', fetched],
    ['yarn', 'dlx', fetched],
  ];
  return runners.find(([command = '']) => findCommand(command));
}

/** @param {import('node:child_process').ChildProcess} child and all that it has started */
function end(child) {
  if (child.pid === undefined) return;
  try {
    if (windows)
      spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    else process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

/**
 * Runs node-gyp.
 *
 * @param {string[]} words commands and flags of node-gyp
 * @param {object} options
 * @param {string} options.directory that of binding.gyp
 * @param {NodeJS.ProcessEnv} options.environment
 * @param {number} [options.jobs] processes at a time; as many as there are cores by default
 * @param {AbortSignal} [options.signal] ends it
 * @param {(text: string) => void} [options.onOutput] called with what it prints, as it comes
 * @returns {Promise<{ succeeded: boolean, output: string }>} and all that it printed
 */
function runNodeGyp(words, { directory, environment, jobs, signal, onOutput }) {
  const [command = '', ...before] = nodeGypCommand() ?? ['node-gyp'];
  const flags = ['--jobs', String(jobs ?? os.availableParallelism()), '--force-process-config'];
  return new Promise((resolve, reject) => {
    // In a group of its own, so that compilers end with it.
    const child = spawn(command, [...before, ...words, ...flags], {
      cwd: directory,
      env: environment,
      detached: !windows,
      shell: windows && !path.isAbsolute(command),
    });
    child.stdin.end();
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        onOutput?.(text);
      });
    }
    const stop = () => end(child);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    child.on('error', (error) => resolve({ succeeded: false, output: String(error) }));
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ succeeded: code === 0, output });
    });
  });
}

module.exports = { findCommand, nodeGypCommand, nodeProgram, runNodeGyp };
