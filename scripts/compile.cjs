// Compiles the addon from the sources in the package, for systems that have no prebuilt binary: the work of
// `layerwise build`. Only the binary is left: everything else happens in a temporary folder, so that a failure
// costs nothing that was there, and node_modules may lie in any path.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { gypEnvironment } = require('./node-directory.cjs');
const { nodeGypCommand, nodeProgram, runNodeGyp } = require('./run-gyp.cjs');
const { toolchainOf } = require('./toolchain.cjs');

const root = path.resolve(__dirname, '..');
const binary = path.join(root, 'build/Release/layerwise.node');

/** What is needed to compile. */
const sources = ['native', 'package.json', 'scripts/gyp-inputs.cjs'];

/** The file that node-gyp looks for. It is not in the package: see native/addon.gypi. */
const binding = {
  variables: { inputs: 'node scripts/gyp-inputs.cjs' },
  includes: ['native/addon.gypi'],
};

/** Where, what was expected, what came and what to do, as the errors of lib/errors.ts have them. */
class CompileError extends Error {
  /**
   * @param {{ path: string, expected: string, received: string, remedy: string }} details
   * @param {string} [output] of node-gyp
   */
  constructor(details, output = '') {
    super(`${details.path}: expected ${details.expected}, received ${details.received}`);
    this.name = 'CompileError';
    this.details = details;
    this.output = output;
  }
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

function requireSources() {
  const missing = sources.filter((name) => !fs.existsSync(path.join(root, name)));
  if (missing.length === 0) return;
  throw new CompileError({
    path: root,
    expected: 'the sources of the core',
    received: `a package without ${missing.join(', ')}`,
    remedy:
      'Install the package anew: a tool that copies only some of its files has left them out.',
  });
}

/** Nobody waits a minute to hear that the result cannot be kept. */
function requireWritable() {
  const folder = path.dirname(binary);
  const attempt = path.join(folder, `.${process.pid}.tmp`);
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(attempt, '');
    fs.rmSync(attempt);
  } catch (error) {
    throw new CompileError({
      path: folder,
      expected: 'a folder that can be written to',
      received: messageOf(error),
      remedy:
        'Run this as the user who has installed the package, or when the image is built, before its files ' +
        'become read-only.',
    });
  }
}

/** @returns {import('./toolchain.cjs').Toolchain} */
function requireTools() {
  const toolchain = toolchainOf(process.env);
  const missing = [...toolchain.missing];
  const remedies = missing.length > 0 ? [toolchain.remedy] : [];
  if (nodeProgram() === undefined || nodeGypCommand() === undefined) {
    missing.push('node-gyp');
    remedies.push('Install node-gyp (`npm install --global node-gyp`); npm brings it too.');
  }
  if (missing.length === 0) return toolchain;
  throw new CompileError({
    path: 'build',
    expected: 'a C++20 compiler (g++ 11, clang 14, or newer), make and Python 3',
    received: `a system without ${missing.join(', ')}`,
    remedy: `${remedies.join(' ')} Then run this again.`,
  });
}

/** Puts the sources and the headers into a folder of their own. @param {string} folder */
function stage(folder) {
  for (const name of sources) {
    fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  }
  fs.writeFileSync(path.join(folder, 'binding.gyp'), JSON.stringify(binding));
  stageHeaders(folder);
  // Scripts of the .gyp file are started as `node`, which may not be on the PATH, or be another one.
  if (process.platform === 'win32') return;
  fs.mkdirSync(path.join(folder, 'bin'));
  fs.symlinkSync(String(nodeProgram()), path.join(folder, 'bin/node'));
}

/** The package of C++ headers, where native/addon.gypi finds it. @param {string} folder */
function stageHeaders(folder) {
  const source = path.dirname(require.resolve('node-addon-api/package.json'));
  fs.cpSync(source, path.join(folder, 'node_modules/node-addon-api'), { recursive: true });
}

/** @param {string} folder @param {NodeJS.ProcessEnv} ofTools @returns {NodeJS.ProcessEnv} */
function stagedEnvironment(folder, ofTools) {
  const environment = { ...gypEnvironment({ packagedIn: path.join(folder, 'headers') }) };
  // What Node is told for programs of the project, such as the loader of Yarn, is not for those of the build.
  delete environment.NODE_OPTIONS;
  if (process.platform === 'win32') return { ...environment, ...ofTools };
  const searched = [path.join(folder, 'bin'), environment.PATH ?? ''].join(path.delimiter);
  return { ...environment, ...ofTools, PATH: searched };
}

function countSources() {
  const parts = JSON.parse(fs.readFileSync(path.join(root, 'native/sources.json'), 'utf8'));
  return Object.values(parts).flat().length;
}

/**
 * Counts the files as make names them: `CXX(target) Release/obj.target/…`.
 * @param {(done: number, files: number) => void} [onProgress]
 */
function counter(onProgress) {
  const files = countSources();
  let done = 0;
  let line = '';
  return (/** @type {string} */ text) => {
    const lines = (line + text).split('\n');
    line = lines.pop() ?? '';
    const begun = lines.filter((part) => /^\s*CXX\(/.test(part)).length;
    done += begun;
    if (begun > 0) onProgress?.(Math.min(done, files), files);
  };
}

/** @param {string} output of node-gyp */
function failureOf(output) {
  const isKilled = /\bKilled\b|out of memory|signal terminated program/i.test(output);
  const hasNoPython = /Could not find any Python/i.test(output);
  const { remedy } = toolchainOf(process.env);
  return new CompileError(
    {
      path: 'build',
      expected: 'sources that compile',
      received: isKilled ? 'a compiler that the system ended' : 'a failure of node-gyp',
      remedy: isKilled
        ? 'The memory was probably short: compile one file at a time, with `--jobs 1`.'
        : hasNoPython || process.platform === 'win32'
          ? remedy
          : 'What it printed says why. A newer compiler may help (g++ 11, clang 14, or newer).',
    },
    output,
  );
}

/** @param {string} file */
function requireLoads(file) {
  // In a process of its own: what does not load may do worse than throw.
  const program = `process.dlopen({ exports: {} }, ${JSON.stringify(file)})`;
  const { status, stderr } = spawnSync(String(nodeProgram()), ['-e', program], {
    encoding: 'utf8',
  });
  if (status === 0) return;
  throw new CompileError(
    {
      path: 'build',
      expected: 'a binary that loads',
      received: /Error: .*/.exec(stderr)?.[0] ?? `exit code ${status}`,
      remedy:
        'The compiler may be for another system than Node: name that of this system in the variable CXX.',
    },
    stderr,
  );
}

/**
 * Puts the binary in its place as a whole, while others may be loading the older one. It is tried beside that place:
 * the file system of the temporary folder may forbid to run what lies on it (noexec).
 * @param {string} built
 */
function keep(built) {
  const draft = `${binary}.${process.pid}.tmp`;
  try {
    requireWritten(() => fs.copyFileSync(built, draft));
    requireLoads(draft);
    requireWritten(() => fs.renameSync(draft, binary));
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** @param {() => void} write */
function requireWritten(write) {
  try {
    write();
  } catch (error) {
    throw new CompileError({
      path: binary,
      expected: 'a file that can be written',
      received: messageOf(error),
      remedy: 'If a program uses the binary that is there, end it first.',
    });
  }
}

/**
 * Compiles the addon into the package.
 *
 * @param {object} [options]
 * @param {number} [options.jobs] compilers at a time; as many as there are cores by default
 * @param {AbortSignal} [options.signal] ends it
 * @param {(compiler: string) => void} [options.onStart]
 * @param {(done: number, files: number) => void} [options.onProgress]
 * @param {(text: string) => void} [options.onOutput] called with what node-gyp prints
 * @returns {Promise<{ file: string, bytes: number, compiler: string }>}
 * @throws {CompileError}
 */
async function compile({ jobs, signal, onStart, onProgress, onOutput } = {}) {
  requireSources();
  requireWritable();
  const { compiler, environment } = requireTools();
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'layerwise-build-'));
  const count = counter(onProgress);
  try {
    stage(folder);
    onStart?.(compiler);
    const { succeeded, output } = await runNodeGyp(['configure', 'build'], {
      directory: folder,
      environment: stagedEnvironment(folder, environment),
      ...(jobs !== undefined && { jobs }),
      ...(signal !== undefined && { signal }),
      onOutput: (text) => {
        count(text);
        onOutput?.(text);
      },
    });
    if (!succeeded) throw failureOf(output);
    keep(path.join(folder, 'build/Release/layerwise.node'));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  return { file: binary, bytes: fs.statSync(binary).size, compiler };
}

module.exports = { CompileError, compile };
