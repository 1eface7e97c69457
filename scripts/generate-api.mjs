/**
 * Writes docs/api, the reference of everything that the package exports, from the types and their
 * comments. Warnings fail: a link to what is not there, or what has no comment.
 *
 *   node scripts/generate-api.mjs            write the pages
 *   node scripts/generate-api.mjs --check    only see whether they can be written
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {string} out */
async function generate(out) {
  const application = await Application.bootstrapWithPlugins({
    options: join(root, 'typedoc.json'),
    out,
  });
  const project = await application.convert();
  if (project === undefined) throw new Error('the sources do not compile: run npm run typecheck');
  application.validate(project);
  await application.generateOutputs(project);
  const { logger } = application;
  if (logger.hasErrors() || logger.hasWarnings()) process.exitCode = 1;
}

if (process.argv.includes('--check')) {
  const folder = mkdtempSync(join(tmpdir(), 'layerwise-api-'));
  try {
    await generate(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  await generate(join(root, 'docs', 'api'));
}
