import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../builtins.js';
import { StateError } from '../../errors.js';
import { packageRoot } from '../../version.js';

/** What the page is made of: built from web/report, and part of the package. */

export interface PageFiles {
  readonly script: string;
  readonly style: string;
}

/** @throws StateError where a bundler has left them behind */
export async function readPageFiles(): Promise<PageFiles> {
  const root = packageRoot();
  if (root === null) throw notThere();
  const folder = join(root, 'dist', 'report', 'page');
  try {
    const [script, style] = await Promise.all(
      ['page.js', 'page.css'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    return { script: script ?? '', style: style ?? '' };
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? notThere() : error;
  }
}

function notThere(): StateError {
  return new StateError({
    path: 'report',
    expected: 'the page, dist/report/page of the package',
    received: 'none',
    remedy: 'Ship the folder of layerwise as it is, and keep bundlers away from it.',
  });
}
