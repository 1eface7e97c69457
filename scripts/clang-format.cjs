// Formats the C++ sources; with --check it only reports what is not formatted.

const { execFileSync, spawnSync } = require('node:child_process');
const path = require('node:path');

const root = path.resolve(__dirname, '..');

/** @returns {string[]} */
function sources() {
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--'];
  const patterns = [
    'native/*.h',
    'native/*.cc',
    'test/native/*.h',
    'test/native/*.cc',
    'bench/*.h',
    'bench/*.cc',
  ];
  const listed = execFileSync('git', [...words, ...patterns], { cwd: root, encoding: 'utf8' });
  const gone = execFileSync('git', ['ls-files', '-z', '--deleted'], {
    cwd: root,
    encoding: 'utf8',
  });
  const deleted = new Set(gone.split('\0'));
  return [...new Set(listed.split('\0'))].filter((file) => file !== '' && !deleted.has(file));
}

/** @returns {string} the program of the package, or where it has none the system's */
function program() {
  try {
    return require('clang-format').getNativeBinary();
  } catch {
    return 'clang-format';
  }
}

const mode = process.argv.includes('--check') ? ['--dry-run', '--Werror'] : ['-i'];
const files = sources();
if (files.length > 0) {
  const words = ['--style=file', ...mode, ...files];
  const result = spawnSync(program(), words, { cwd: root, stdio: 'inherit' });
  if (result.error) console.error(String(result.error));
  process.exitCode = result.status ?? 1;
}
