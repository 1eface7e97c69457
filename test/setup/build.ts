/** Brings the addon, dist/ and, where all tests run, those of C++ up to date before any test runs. */

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const native = require('../../scripts/build-native.cjs') as {
  buildNative(options: { withTests: boolean; quiet: boolean }): Promise<void>;
};
const typescript = require('../../scripts/build-typescript.cjs') as {
  isStale(): boolean;
  buildTypescript(): Promise<boolean>;
};

export default async function setup(): Promise<void> {
  console.log('building what has changed ...');
  await native.buildNative({ withTests: runsAll(), quiet: true });
  // Type errors do not keep the tests from running: `npm run typecheck` is for them.
  if (typescript.isStale()) await typescript.buildTypescript();
}

/** The C++ tests take minutes to compile: where files are named they are left to the test that runs them. */
function runsAll(): boolean {
  const [, , command, ...names] = process.argv;
  return command !== 'run' || names.every((name) => name.startsWith('-'));
}
