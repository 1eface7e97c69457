/** Runs the package, laid out as a user has it, in a host. */

import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { root } from '../targets.mjs';

const require = createRequire(import.meta.url);
const runProgram = promisify(execFile);

const program = fileURLToPath(new URL('smoke.cjs', import.meta.url));
// Outside the checkout, where the name of the package would mean the checkout.
const project = mkdtempSync(path.join(tmpdir(), 'layerwise-prebuilds-'));
process.on('exit', () => rmSync(project, { recursive: true, force: true }));

/** What smoke.cjs loads besides the package. */
const dependencies = ['node-gyp-build', 'papaparse'];

const minutes = 60_000;

/** An empty project with the package and its binaries; without links, which Wine does not follow. */
export function makeProject() {
  writeFileSync(path.join(project, 'package.json'), '{ "private": true }\n');
  const modules = path.join(project, 'node_modules');
  for (const name of ['package.json', 'dist', 'prebuilds']) {
    cpSync(path.join(root, name), path.join(modules, 'layerwise', name), { recursive: true });
  }
  for (const name of dependencies) {
    const source = path.dirname(require.resolve(`${name}/package.json`));
    cpSync(source, path.join(modules, name), { recursive: true });
  }
  copyFileSync(program, path.join(project, 'smoke.cjs'));
}

/**
 * @typedef {object} Result of smoke.cjs
 * @property {string} used the instruction set
 * @property {string[]} availableInstructionSets
 * @property {string} digest of predictions
 * @property {string} again the same once more, after workers were terminated
 * @property {string} [error]
 */

/**
 * @param {import('./hosts.mjs').Host} host
 * @param {string} instructionSet
 * @returns {Promise<Result>}
 */
async function runOn({ command, environment, hidesVariables }, instructionSet) {
  const result = path.join(project, 'result.json');
  rmSync(result, { force: true });
  const [file = '', ...words] = command;
  const options = {
    cwd: project,
    env: {
      ...process.env,
      LAYERWISE_ISA: hidesVariables ? instructionSet : '',
      ...environment,
    },
    timeout: 10 * minutes,
  };
  // What the host itself said is of use only where the program has not.
  const said = await runProgram(
    file,
    [...words, 'smoke.cjs', 'result.json', instructionSet],
    options,
  ).then(() => '', String);
  if (!existsSync(result)) throw new Error(`it left no result. ${said.slice(0, 500)}`);
  const { error, ...outcome } = JSON.parse(readFileSync(result, 'utf8'));
  if (error || said) throw new Error(error ?? said);
  return outcome;
}

/** Whether the host itself runs on this machine. @param {import('./hosts.mjs').Host} host */
export async function starts({ command, environment }) {
  const [file = '', ...words] = command.filter((word) => word !== 'run' && word !== '--allow-all');
  const options = { env: { ...process.env, ...environment } };
  return runProgram(file, [...words, '--version'], options).then(
    () => true,
    () => false,
  );
}

/**
 * Tries every instruction set of the host.
 *
 * @param {import('./hosts.mjs').Host} host
 * @returns {Promise<Map<string, string>>} the digest of each
 */
export async function tryHost(host) {
  /** @type {Map<string, string>} */
  const digests = new Map();
  const { availableInstructionSets } = await runOn(host, '');
  for (const set of availableInstructionSets) {
    const { used, digest, again } = await runOn(host, set);
    if (used !== set) throw new Error(`asked for ${set} it used ${used}`);
    if (again !== digest) throw new Error(`on ${set} a second training gave other outputs`);
    digests.set(set, digest);
  }
  return digests;
}

/** The same host, called otherwise. @param {import('./hosts.mjs').Host} host @returns {import('./hosts.mjs').Host} */
export function renamed(host) {
  const copy = path.join(project, 'host.exe');
  copyFileSync(String(host.command.at(-1)), copy);
  return { ...host, name: `${host.name}, renamed`, command: [...host.command.slice(0, -1), copy] };
}
