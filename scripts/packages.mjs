/** Programs that come as npm packages, but that nobody should have to install with the project. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Installs what the package.json and the lock of a folder name, into node_modules beside them, unless
 * that is done.
 *
 * @param {string} folder
 * @param {string} what for the message: "the compiler (70 MB, once)"
 */
export function installPackages(folder, what) {
  const modules = path.join(folder, 'node_modules');
  const installedLock = path.join(modules, '.installed-lock.json');
  const wanted = readFileSync(path.join(folder, 'package-lock.json'), 'utf8');
  if (existsSync(installedLock) && readFileSync(installedLock, 'utf8') === wanted) return modules;
  console.log(`installing ${what}`);
  // By force, as some are programs for other systems, or for other versions of Node.
  const words = ['ci', '--ignore-scripts', '--force', '--no-audit', '--loglevel=error'];
  execFileSync('npm', words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(installedLock, wanted);
  return modules;
}
