// Runs when the package is installed: takes the prebuilt binary, or builds from source.

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { runNodeGyp } = require('./run-gyp.cjs');

const root = path.resolve(__dirname, '..');

/** @returns {boolean} whether a prebuilt binary of this platform is there and loads */
function prebuiltWorks() {
  if (/^(true|layerwise)$/.test(process.env.npm_config_build_from_source ?? '')) return false;
  // In a process of its own: a binary for another system may do worse than throw.
  const program = `require('node-gyp-build')(${JSON.stringify(root)})`;
  const env = { ...process.env, PREBUILDS_ONLY: '1' };
  return spawnSync(process.execPath, ['-e', program], { cwd: root, env }).status === 0;
}

/** @param {string} command */
function runs(command) {
  const shell = process.platform === 'win32';
  return spawnSync(command, ['--version'], { stdio: 'ignore', shell }).status === 0;
}

/** @returns {string[]} what is missing, as far as it can be told */
function missingTools() {
  if (process.platform === 'win32') return [];
  const missing = [];
  const compiler =
    process.env.CXX?.split(' ')[0] || (process.platform === 'darwin' ? 'c++' : 'g++');
  if (!runs(compiler)) missing.push(`the C++ compiler ${compiler}`);
  if (!runs(process.env.MAKE || 'make')) missing.push('make');
  if (!runs(process.env.PYTHON || 'python3')) missing.push('python3');
  return missing;
}

/** @returns {string} the command that installs the tools on this system */
function remedy() {
  if (process.platform === 'darwin') return 'xcode-select --install';
  if (process.platform === 'win32') {
    return 'winget install Microsoft.VisualStudio.2022.BuildTools Python.Python.3.12\n    (with the workload "Desktop development with C++")';
  }
  if (runs('apt-get')) return 'sudo apt-get install -y g++ make python3';
  if (runs('dnf')) return 'sudo dnf install -y gcc-c++ make python3';
  if (runs('apk')) return 'apk add g++ make python3';
  if (runs('pacman')) return 'sudo pacman -S --needed gcc make python';
  if (runs('zypper')) return 'sudo zypper install -y gcc-c++ make python3';
  return 'Install a C++20 compiler (g++ 11 or clang 14, or newer), make and Python 3';
}

function explainFailure() {
  const missing = missingTools();
  const platform = `${process.platform}-${process.arch}`;
  const lines = [
    '',
    `layerwise: there is no prebuilt binary for ${platform}, and building from source failed.`,
    missing.length > 0
      ? `Missing: ${missing.join(', ')}. What helps:`
      : 'The messages above say why. It needs a C++20 compiler (g++ 11, clang 14, MSVC 2022, or newer), make and Python 3. What helps:',
    '',
    `    ${remedy()}`,
    '',
    'and then run this again:',
    '',
    '    npm rebuild layerwise',
    '',
  ];
  console.error(lines.join('\n'));
}

if (!prebuiltWorks() && !runNodeGyp(['rebuild'], { directory: root })) {
  explainFailure();
  process.exitCode = 1;
}
