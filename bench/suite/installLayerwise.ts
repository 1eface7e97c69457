import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Installs a layerwise as its users do, and returns the folder of the package.
 *
 * @param directory An empty folder.
 * @param pack A tarball of `npm pack`, or what npm finds in its registry, such as `layerwise@0.1.0`.
 * @throws Error when npm fails.
 */
export function installInto(directory: string, pack: string): string {
  const what = existsSync(pack) ? path.resolve(pack) : pack;
  writeFileSync(path.join(directory, 'package.json'), '{ "private": true }\n');
  console.log(`installing ${pack}`);
  const windows = process.platform === 'win32';
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-save', what], {
    cwd: directory,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: windows,
  });
  return path.join(directory, 'node_modules/layerwise');
}
