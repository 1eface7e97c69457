/**
 * Makes the binaries of all systems on one machine with Linux: prebuilds/<platform>-<arch>/.
 *
 *   npm run prebuild:all                                   all of them
 *   npm run prebuild:all -- --only linux-x64-musl          one; may be given several times
 */

import { mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { link } from './link.mjs';
import { compile } from './objects.mjs';
import { readAppleSettings, readSettings } from './settings.mjs';
import { binaryOf, root, targetsNamed, workFolderOf } from './targets.mjs';

/** @param {import('./targets.mjs').Target} target */
function tripleOf({ platform, triple }) {
  return platform === 'darwin' ? `${triple}.${readAppleSettings().oldestSystem}` : triple;
}

/**
 * @param {import('./targets.mjs').Target} target
 * @param {ReturnType<typeof readSettings>} settings
 */
async function build(target, { library, addon }) {
  const triple = tripleOf(target);
  const folder = workFolderOf(target);
  /** @param {import('./settings.mjs').Settings} part */
  const objectsOf = ({ sources, compilerFlags: flags }) =>
    compile({ triple, sources, flags, folder: path.join(folder, 'objects') });
  const objects = [...(await objectsOf(library)), ...(await objectsOf(addon))];
  const output = path.join(folder, 'layerwise.node');
  await link({ target, triple, objects, flags: addon.linkerFlags, folder, output });
  const binary = binaryOf(target);
  mkdirSync(path.dirname(binary), { recursive: true });
  renameSync(output, binary);
  return binary;
}

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
  const targets = targetsNamed(values.only ?? []);
  const settings = readSettings();
  for (const target of targets) {
    const started = Date.now();
    console.log(`${target.name}: building`);
    const binary = await build(target, settings);
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    const megabytes = (statSync(binary).size / 1e6).toFixed(2);
    console.log(`${target.name}: ${path.relative(root, binary)}, ${megabytes} MB, ${seconds} s`);
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
