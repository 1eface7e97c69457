/**
 * Checks the binaries in prebuilds/: inspects all of them, and runs those that can be run here, on every
 * instruction set and with workers that are terminated. All of the same instruction set have to give the
 * same bits. What was not run is said.
 *
 *   npm run prebuild:check
 *   npm run prebuild:check -- --only linux-x64-musl
 *   npm run prebuild:check -- --inspect                    runs nothing
 */

import { parseArgs } from 'node:util';
import { hosts } from './check/hosts.mjs';
import { checkBinary } from './check/inspection.mjs';
import { makeProject, renamed, starts, tryHost } from './check/running.mjs';
import { targetsNamed } from './targets.mjs';

/** By instruction set: the digest, and who gave it first. @type {Map<string, [string, string]>} */
const digests = new Map();

/** @param {string} text @param {unknown} error */
function fail(text, error) {
  console.log(`failed   ${text}: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** @param {import('./check/hosts.mjs').Host} host */
async function run(host) {
  const text = `${host.target} on ${host.name}`;
  if (host.missing) {
    console.log(`not run  ${text}: ${host.missing}`);
    return;
  }
  if (!(await starts(host))) {
    console.log(`not run  ${text}: it does not start here`);
    return;
  }
  try {
    const found = await tryHost(host);
    for (const [set, digest] of found) {
      const [first, who] = digests.get(set) ?? [digest, text];
      if (digest !== first) throw new Error(`on ${set} it gives other bits than ${who}`);
      digests.set(set, [first, who]);
    }
    console.log(`ran      ${text}: ${[...found.keys()].join(', ')}`);
  } catch (error) {
    fail(text, error);
  }
}

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, inspect: { type: 'boolean' } },
});
const targets = targetsNamed(values.only ?? []);
for (const target of targets) {
  try {
    checkBinary(target);
    console.log(`as it must be: ${target.name}`);
  } catch (error) {
    fail(target.name, error);
  }
}

async function runAll() {
  makeProject();
  const all = await hosts();
  for (const target of targets) {
    const own = all.filter((host) => host.target === target.name);
    if (own.length === 0) console.log(`not run  ${target.name}: there is no host for it here`);
    for (const host of own) {
      await run(host);
      if (host.canRename && !host.missing) await run(renamed(host));
    }
  }
}

if (!values.inspect) await runAll();
