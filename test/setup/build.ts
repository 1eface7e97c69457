/** Brings the addon, dist/ and, where they are to run, the C++ tests up to date before any test runs. */

import { createRequire } from 'node:module';
import type { TestProject } from 'vitest/node';

const require = createRequire(import.meta.url);
const native = require('../../scripts/build-native.cjs') as {
  buildNative(options: { withTests: boolean; quiet: boolean }): Promise<void>;
};
const typescript = require('../../scripts/build-typescript.cjs') as {
  isStale(): boolean;
  buildTypescript(): Promise<boolean>;
};

export default async function setup(project: TestProject): Promise<void> {
  console.log('building what has changed ...');
  await native.buildNative({ withTests: await runsNativeTests(project), quiet: true });
  // Type errors do not keep the tests from running: `npm run typecheck` is for them.
  if (typescript.isStale()) await typescript.buildTypescript();
}

/** The C++ tests take minutes to compile: they are left out where only other files are named. */
async function runsNativeTests(project: TestProject): Promise<boolean> {
  const [, , command, ...names] = process.argv;
  if (command !== 'run' || names.length === 0 || names.some((name) => name.startsWith('-'))) {
    return true;
  }
  const { testFiles } = await project.globTestFiles(names);
  return testFiles.some((file) => /[\\/]test[\\/]native[\\/]/.test(file));
}
