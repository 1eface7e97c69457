import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { packageManagerOf } from '../../binary/packageManager.js';
import type { CliContext } from '../context.js';

/** How the package has come to where it is. */
export interface InstallationFacts {
  /** What has installed it, as far as that can be seen. */
  readonly manager: string;
  readonly layout: string;
  /** What runs the command, where it says so: `npm/11.6.0 node/v24.1.0 linux x64`. */
  readonly userAgent: string | null;
}

/** @param root the folder of the package */
export function installationFacts(
  root: string,
  environment: CliContext['environment'],
): InstallationFacts {
  return {
    manager: packageManagerOf(root).name,
    layout: layoutOf(root),
    userAgent: environment.npm_config_user_agent ?? null,
  };
}

/** How folders of packages lie; the first that fits. */
const layouts: readonly (readonly [folder: RegExp, layout: string])[] = [
  [/\/_npx\//, 'npx'],
  [/\/node_modules\/\.[^/]+\//, 'isolated'],
  [/\/node_modules\//, 'node_modules'],
];

/** @param root the folder of the package */
export function layoutOf(root: string): string {
  if ('pnp' in process.versions) return "plug'n'play";
  const path = `${root.split(sep).join('/')}/`;
  const found = layouts.find(([folder]) => folder.test(path));
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
