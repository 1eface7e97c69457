import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** How the package has come to where it is. */

/** Folders by which the programs that install packages are known; the first that fits. */
const layouts: readonly (readonly [folder: string, layout: string])[] = [
  ['/_npx/', 'npx'],
  ['/node_modules/.pnpm/', 'pnpm'],
  ['/node_modules/.store/', 'isolated (.store)'],
  ['/node_modules/.bun/', 'bun'],
  ['/node_modules/.deno/', 'deno'],
  ['/node_modules/', 'node_modules'],
];

/** @param root the folder of the package */
export function layoutOf(root: string): string {
  if ('pnp' in process.versions) return "yarn plug'n'play";
  const path = `${root.split(sep).join('/')}/`;
  const found = layouts.find(([folder]) => path.includes(folder));
  if (found) return found[1];
  return existsSync(join(root, '.git')) ? 'clone' : 'other';
}

/** A file of the package as `prebuilds/linux-x64/…`; one from elsewhere by its name alone. */
export function packageFile(file: string, root: string): string {
  const path = relative(root, file).split(sep).join('/');
  return /^(?:\.\.\/|\/|[A-Za-z]:)/.test(path) ? `(elsewhere) ${path.split('/').at(-1)}` : path;
}

/** Where the binary comes from, by the folder that it lies in. */
export function originOf(file: string): 'prebuilt' | 'built here' | 'elsewhere' {
  if (file.startsWith('prebuilds/')) return 'prebuilt';
  return file.startsWith('build/') ? 'built here' : 'elsewhere';
}
