// Makes the binary of a published package for the system that this runs on: prebuilds/<platform>-<arch>/.
//
// prebuildify deletes what node-gyp has built before, so it works on a copy: the addon of the checkout
// stays.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { gypEnvironment } = require('../node-directory.cjs');

const root = path.resolve(__dirname, '../..');
// Below the root, where the packages whose headers are needed are found.
const copy = path.join(root, '.prebuild/this-system');
const copied = ['package.json', 'binding.gyp', 'native', 'scripts/gyp-inputs.cjs'];

fs.rmSync(copy, { recursive: true, force: true });
for (const name of copied) {
  fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
}
const words = ['--napi', '--strip', '--cwd', copy, '--out', root];
if (process.platform === 'linux') words.push('--tag-libc');
const all = [require.resolve('prebuildify/bin.js'), ...words, ...process.argv.slice(2)];
const environment = { ...gypEnvironment(), npm_config_jobs: 'max' };
const result = spawnSync(process.execPath, all, { cwd: copy, env: environment, stdio: 'inherit' });
process.exitCode = result.status ?? 1;
