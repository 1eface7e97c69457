/**
 * Writes docs/api, the reference of everything that the package exports, from the types and their
 * comments.
 *
 *   node scripts/generate-api.mjs            write the pages
 *   node scripts/generate-api.mjs --check    exit with 1 when a page differs from the sources
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = join(root, 'docs', 'api');

/**
 * @param {string} out
 * @returns {Promise<void>}
 */
async function generate(out) {
  const application = await Application.bootstrapWithPlugins({
    options: join(root, 'typedoc.json'),
    out,
  });
  const project = await application.convert();
  if (project === undefined) throw new Error('the sources do not compile: run npm run typecheck');
  application.validate(project);
  await application.generateOutputs(project);
  if (application.logger.hasErrors()) throw new Error('typedoc reported the errors above');
}

/**
 * Names of the files below a folder.
 *
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/**
 * What differs between two folders.
 *
 * @param {string} fresh
 * @param {string} kept
 * @returns {string[]}
 */
function differences(fresh, kept) {
  const names = new Set([...filesBelow(fresh), ...filesBelow(kept)]);
  const read = (/** @type {string} */ folder, /** @type {string} */ name) => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {
      return undefined;
    }
  };
  return [...names].filter((name) => read(fresh, name) !== read(kept, name));
}

if (process.argv.includes('--check')) {
  const fresh = mkdtempSync(join(tmpdir(), 'layerwise-api-'));
  try {
    await generate(fresh);
    const stale = differences(fresh, pages);
    if (stale.length > 0) {
      console.error(`docs/api is not up to date (npm run generate): ${stale.join(', ')}`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
} else {
  await generate(pages);
}
