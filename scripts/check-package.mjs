/**
 * Packs the package as it would be published, installs it in an empty project from source, with an
 * empty home and no npm configuration, and uses it: what is missing from "files" shows here.
 *
 *   node scripts/check-package.mjs
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';

const program = `
  import { dense, sequential } from 'layerwise';
  import { float, Study } from 'layerwise/search';
  const model = sequential([dense(1)], { inputSize: 2, seed: 1 });
  const { rows, columns } = await model.predict(new Float32Array([1, 2, 3, 4]));
  if (rows !== 2 || columns !== 1) throw new Error('predict gave ' + rows + ' x ' + columns);
  const study = new Study({ space: { rate: float(0, 1) } });
  if (study.ask()?.complete(1).state !== 'complete') throw new Error('a trial did not complete');
`;

/**
 * @param {string} command
 * @param {string[]} words
 * @param {string} directory
 * @param {NodeJS.ProcessEnv} env
 */
function run(command, words, directory, env) {
  const options = { cwd: directory, env, encoding: /** @type {const} */ ('utf8') };
  return execFileSync(command, words, { ...options, shell: windows, maxBuffer: 1 << 28 });
}

/** What npm passes on to its scripts would configure the npm that we start. @param {string} home */
function plainEnvironment(home) {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    npm_config_userconfig: path.join(home, 'no-user-configuration'),
    npm_config_globalconfig: path.join(home, 'no-global-configuration'),
  };
}

/** @param {string} workplace an empty folder */
function checkPackage(workplace) {
  const home = path.join(workplace, 'home');
  const project = path.join(workplace, 'project');
  mkdirSync(home);
  mkdirSync(project);
  const env = plainEnvironment(home);
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', workplace], root, env);
  const archive = readdirSync(workplace).find((file) => file.endsWith('.tgz'));
  writeFileSync(path.join(project, 'package.json'), '{ "type": "module", "private": true }\n');
  writeFileSync(path.join(project, 'main.js'), program);
  run('npm', ['install', '--build-from-source', `../${archive}`], project, env);
  run(process.execPath, ['main.js'], project, env);
  console.log(run('npx', ['--no-install', 'layerwise', 'info'], project, env));
}

const workplace = mkdtempSync(path.join(tmpdir(), 'layerwise-package-'));
try {
  checkPackage(workplace);
} finally {
  rmSync(workplace, { recursive: true, force: true });
}
