import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** Which program has installed the package, and how its commands are called. */
export interface PackageManager {
  readonly name: string;
  /** Runs the command `layerwise` of the package: `npx layerwise`. */
  readonly run: string;
  /** Installs what the project names: `npm install`. */
  readonly install: string;
}

const managers = {
  npm: { name: 'npm', run: 'npx layerwise', install: 'npm install' },
  pnpm: { name: 'pnpm', run: 'pnpm exec layerwise', install: 'pnpm install' },
  yarn: { name: 'yarn', run: 'yarn layerwise', install: 'yarn install' },
  bun: { name: 'bun', run: 'bunx layerwise', install: 'bun install' },
  deno: { name: 'deno', run: 'deno run --allow-all npm:layerwise', install: 'deno install' },
} as const satisfies Readonly<Record<string, PackageManager>>;

type Name = keyof typeof managers;

/** Folders that only one of them makes. */
const layouts: readonly (readonly [folder: RegExp, name: Name])[] = [
  [/\/node_modules\/\.pnpm\/|\/pnpm\/(store|global)\//, 'pnpm'],
  [/\/\.yarn\//, 'yarn'],
  [/\/node_modules\/\.bun\/|\/\.bun\//, 'bun'],
  [/\/node_modules\/\.deno\//, 'deno'],
];

/** What they leave in a project. What lies in node_modules says who made it; lock files may be older. */
const traces: readonly (readonly [file: string, name: Name])[] = [
  ['node_modules/.modules.yaml', 'pnpm'],
  ['node_modules/.yarn-state.yml', 'yarn'],
  ['node_modules/.yarn-integrity', 'yarn'],
  ['node_modules/.package-lock.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['deno.lock', 'deno'],
];

/**
 * Asks the folders, then the program that has started this process, then the folders above.
 *
 * @param root the folder of the package
 */
export function packageManagerOf(root: string): PackageManager {
  const path = `${root.split(sep).join('/')}/`;
  const name = byLayout(path) ?? byTraces(path) ?? 'npm';
  return managers[name];
}

function byLayout(path: string): Name | undefined {
  if ('pnp' in process.versions) return 'yarn';
  if ('deno' in process.versions) return 'deno';
  return layouts.find(([folder]) => folder.test(path))?.[1];
}

function byTraces(path: string): Name | undefined {
  const project = projectOf(path);
  return traceIn(project) ?? byUserAgent() ?? traceAbove(project);
}

/** A package that lies elsewhere, behind a link, is used from the working directory. */
function projectOf(path: string): string {
  const end = path.indexOf('/node_modules/');
  return end < 0 ? workingFolder() : path.slice(0, end) || '/';
}

/** The root where the folder that the process works in is deleted. */
export function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

function traceIn(folder: string): Name | undefined {
  return traces.find(([file]) => existsSync(join(folder, file)))?.[1];
}

function traceAbove(folder: string): Name | undefined {
  const parent = dirname(folder);
  return parent === folder ? undefined : (traceIn(parent) ?? traceAbove(parent));
}

/** `pnpm/10.2.0 npm/? node/v22.1.0 linux x64`. */
function byUserAgent(): Name | undefined {
  const name = /^\w+/.exec(process.env.npm_config_user_agent ?? '')?.[0] ?? '';
  return Object.hasOwn(managers, name) ? (name as Name) : undefined;
}
