/**
 * Runs clang-tidy over the C++ sources of native/, on all cores.
 *
 *   node scripts/clang-tidy.mjs [file ...]
 *
 * Exits with 3 when clang-tidy is not installed.
 */

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const notInstalled = 3;

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
}

/** @returns {string | undefined} */
function findProgram() {
  const names = ['clang-tidy-19', 'clang-tidy-20', 'clang-tidy'];
  return names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

/** @returns {string[]} */
function sources() {
  return Object.values(readJson('native/sources.json')).flat();
}

/** What native/node/ is compiled with; the other folders do not look at it. */
const nodeFlags = [
  ...['node-api-headers', 'node-addon-api'].flatMap((name) => [
    '-isystem',
    require(name).include_dir,
  ]),
  '-DNAPI_VERSION=8',
  '-DNODE_ADDON_API_CPP_EXCEPTIONS',
  '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
];

/**
 * @param {string} program
 * @param {string} file
 * @returns {Promise<boolean>} whether there was nothing to say
 */
function check(program, file) {
  const version = `-DLAYERWISE_VERSION="${readJson('package.json').version}"`;
  const flags = ['-std=c++20', '-I.', version, ...nodeFlags];
  return new Promise((resolve) => {
    const child = spawn(program, ['--quiet', file, '--', ...flags], { cwd: root });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.on('close', (code) => {
      if (code !== 0) console.error(output.trim() || `${file}: ${program} ended with ${code}`);
      resolve(code === 0);
    });
  });
}

/**
 * @param {string} program
 * @param {string[]} files
 * @returns {Promise<boolean>} whether all were clean
 */
async function checkAll(program, files) {
  const queue = [...files];
  let clean = true;
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      if (!(await check(program, file))) clean = false;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return clean;
}

const program = findProgram();
if (!program) {
  console.error('clang-tidy is not installed (Debian: apt-get install clang-tidy-19)');
  process.exitCode = notInstalled;
} else {
  const named = process.argv.slice(2);
  const clean = await checkAll(program, named.length > 0 ? named : sources());
  if (!clean) process.exitCode = 1;
}
