// Makes the binary that is published for this platform: prebuilds/<platform>-<arch>/.

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { gypEnvironment } = require('./node-directory.cjs');

const root = path.resolve(__dirname, '..');
const words = [require.resolve('prebuildify/bin.js'), '--napi', '--strip', '--tag-libc'];
const environment = { ...gypEnvironment(), npm_config_jobs: 'max' };
const options = { cwd: root, env: environment };
const result = spawnSync(process.execPath, [...words, ...process.argv.slice(2)], {
  ...options,
  stdio: 'inherit',
});
process.exitCode = result.status ?? 1;
