/** Brings the addon, the C++ tests and dist/ up to date before any test runs. */

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
  await native.buildNative({ withTests: true, quiet: true });
  // Type errors do not keep the tests from running: `npm run typecheck` is for them.
  if (typescript.isStale()) await typescript.buildTypescript();
}
