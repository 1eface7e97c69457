// The compiler, make and Python that compiling needs: which there are, and which command of the system installs
// what is missing.

const { spawnSync } = require('node:child_process');
const { findCommand } = require('./run-gyp.cjs');

const oldest = { gcc: 11, clang: 14 };

/** @typedef {{ missing: string[], remedy: string, compiler: string, environment: NodeJS.ProcessEnv }} Toolchain */

/**
 * Which compiler it is, by the macros that it defines: what --version prints is for people.
 *
 * @param {string} command CXX may hold flags or a launcher too: `ccache g++`
 * @returns {{ name: 'gcc' | 'clang', major: number, text: string } | null} null where it does not run, or knows
 *   no C++20
 */
function identify(command) {
  const [program = '', ...flags] = command.split(/\s+/).filter((word) => word !== '');
  const words = [...flags, '-std=c++20', '-dM', '-E', '-x', 'c++', '-'];
  const { status, stdout } = spawnSync(program, words, { input: '', encoding: 'utf8' });
  if (status !== 0) return null;
  const macro = (/** @type {string} */ name) =>
    Number(new RegExp(`#define ${name} (\\d+)`).exec(stdout)?.[1] ?? -1);
  const name = macro('__clang_major__') >= 0 ? 'clang' : 'gcc';
  const major = macro(name === 'clang' ? '__clang_major__' : '__GNUC__');
  return { name, major, text: `${command} (${name} ${major})` };
}

/** @param {string} command */
function runs(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Compilers by their names, in the order in which they are looked for. */
const compilers =
  process.platform === 'linux' ? ['g++', 'c++', 'clang++'] : ['c++', 'clang++', 'g++'];

/** The name of GNU make. */
const make = /bsd|dragonfly/.test(process.platform) ? 'gmake' : 'make';

/**
 * What there is to compile with. On Windows node-gyp looks for Visual Studio itself, and tells what it finds.
 *
 * @param {NodeJS.ProcessEnv} environment CXX, MAKE and PYTHON name other ones than the usual
 * @returns {Toolchain}
 */
function toolchainOf(environment) {
  if (process.platform === 'win32') {
    return { missing: [], remedy: remedyFor([]), compiler: 'Visual Studio', environment: {} };
  }
  const missing = [];
  const command = environment.CXX || compilers.find((name) => findCommand(name)) || '';
  const compiler = command === '' ? null : identify(command);
  if (command === '') missing.push('C++ compiler');
  else if (compiler === null)
    missing.push(`C++20 compiler (${command} does not run, or is too old)`);
  else if (compiler.major < oldest[compiler.name]) {
    const wanted = `${compiler.name} ${oldest[compiler.name]} or newer`;
    missing.push(`C++20 compiler (${wanted}; this is ${compiler.text})`);
  }
  if (!runs(environment.MAKE || make)) missing.push(environment.MAKE || make);
  const pythons = [environment.PYTHON, environment.npm_config_python, 'python3', 'python'];
  if (!pythons.some((name) => name && runs(name))) missing.push('python3');
  return {
    missing,
    remedy: remedyFor(missing, command !== ''),
    compiler: compiler?.text ?? command,
    environment: environment.CXX || command === 'g++' || command === '' ? {} : { CXX: command },
  };
}

const installers = [
  ['apt-get', 'apt-get install -y g++ make python3'],
  ['dnf', 'dnf install -y gcc-c++ make python3'],
  ['microdnf', 'microdnf install -y gcc-c++ make python3'],
  ['yum', 'yum install -y gcc-c++ make python3'],
  ['apk', 'apk add g++ make python3'],
  ['pacman', 'pacman -S --needed gcc make python'],
  ['zypper', 'zypper install -y gcc-c++ make python3'],
  ['xbps-install', 'xbps-install -y gcc make python3'],
  ['pkg', 'pkg install -y gmake python3'],
];

/** @returns {string} the command of this system that installs all of it, or '' */
function installCommand() {
  if (process.platform === 'darwin') return 'xcode-select --install';
  if (process.platform === 'win32') {
    return 'winget install Microsoft.VisualStudio.2022.BuildTools Python.Python.3.12';
  }
  const [, command] = installers.find(([name = '']) => findCommand(name)) ?? [];
  if (command === undefined) return '';
  return process.getuid?.() === 0 || !findCommand('sudo') ? command : `sudo ${command}`;
}

/** @param {string[]} missing @param {boolean} [hasCompiler] an old one */
function remedyFor(missing, hasCompiler = false) {
  const command = installCommand();
  if (process.platform === 'win32') {
    return `Install Visual Studio with the workload "Desktop development with C++", and Python: \`${command}\`.`;
  }
  const isOld = hasCompiler && missing.some((name) => name.startsWith('C++20'));
  const newer =
    'Install g++ 11 or clang 14, or a newer one, and name it in the variable CXX (`CXX=g++-12`).';
  if (isOld)
    return missing.length > 1 && command !== '' ? `${newer} Run \`${command}\` too.` : newer;
  if (command !== '') return `Run \`${command}\`.`;
  return 'Install a C++20 compiler (g++ 11 or clang 14, or newer), make and Python 3.';
}

/** @param {Toolchain} toolchain */
function missingToolsText({ missing, remedy }) {
  return `compiling needs what is missing here: ${missing.join(', ')}. ${remedy}`;
}

module.exports = { missingToolsText, toolchainOf };
