import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { packageDirectory } from '../common/packages.js';
import { paths } from '../common/paths.js';
import type { Context } from './context.js';
import { type DriverRow, isInstalled, pythonProgram } from './drivers.js';
import type { InstallResult } from './results.js';

function dependenciesOf(directory: string): string[] {
  const file = readFileSync(path.join(directory, 'package.json'), 'utf8');
  const { dependencies, peerDependencies } = JSON.parse(file) as {
    dependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
  };
  return Object.keys({ ...dependencies, ...peerDependencies });
}

/** Where Node finds a dependency of the package in a folder. */
function locate(name: string, from: string): string | null {
  const lookup = createRequire(path.join(from, 'package.json')).resolve.paths(name) ?? [];
  const found = lookup.find((folder) => existsSync(path.join(folder, name, 'package.json')));
  return found === undefined ? null : path.join(found, name);
}

/** Adds the folders of all packages that the package in a folder needs. */
function collect(directory: string, folders: Set<string>): void {
  for (const name of dependenciesOf(directory)) {
    const found = locate(name, directory);
    if (found === null || folders.has(found)) continue;
    folders.add(found);
    collect(found, folders);
  }
}

/** Bytes of the files of a package, without packages nested in it. */
function sizeOf(directory: string): number {
  return readdirSync(directory, { withFileTypes: true }).reduce((sum, entry) => {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + sizeOf(file);
    return entry.isFile() ? sum + statSync(file).size : sum;
  }, 0);
}

function sizeOfAll(folders: Iterable<string>): number {
  return [...folders].reduce((sum, folder) => sum + sizeOf(folder), 0);
}

interface Pack {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

function packOfLayerwise(): Pack {
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const windows = process.platform === 'win32';
  const options = {
    cwd: paths.root,
    encoding: 'utf8',
    shell: windows,
    maxBuffer: 1 << 28,
  } as const;
  const output = execFileSync('npm', words, { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  const [pack] = JSON.parse(output) as Pack[];
  if (!pack) throw new Error('npm pack gave nothing');
  return pack;
}

/** The package as it would be published from here, and what it depends on. */
function sizeOfLayerwise(): InstallResult {
  const pack = packOfLayerwise();
  const folders = new Set<string>();
  collect(paths.root, folders);
  const prebuilt = pack.files.some((file) => file.path.endsWith('.node'));
  const binary = path.join(paths.root, 'build/Release/layerwise.node');
  const built = prebuilt || !existsSync(binary) ? 0 : statSync(binary).size;
  return {
    name: 'layerwise',
    bytes: pack.unpackedSize + built + sizeOfAll(folders),
    packages: folders.size + 1,
    packedBytes: pack.size,
    note: prebuilt ? 'with prebuilt binaries' : 'built from source, not stripped',
  };
}

function sizeOfNodePackages(driver: DriverRow): InstallResult {
  const folders = new Set<string>();
  for (const name of driver.packages) {
    const directory = packageDirectory(name);
    if (directory === null) return { name: driver.name, missing: 'not found' };
    folders.add(directory);
    collect(directory, folders);
  }
  return { name: driver.name, bytes: sizeOfAll(folders), packages: folders.size };
}

function sizeOfPythonPackages(driver: DriverRow): InstallResult {
  const script = path.join(paths.bench, 'python/install_size.py');
  const words = [script, driver.packages[0] ?? ''];
  const output = execFileSync(pythonProgram(), words, { encoding: 'utf8' });
  const { bytes, packages } = JSON.parse(output) as { bytes: number; packages: number };
  return { name: driver.name, bytes, packages };
}

function measureOne(driver: DriverRow): InstallResult {
  if (!isInstalled(driver)) return { name: driver.name, missing: 'not installed' };
  if (driver.runtime === 'python') return sizeOfPythonPackages(driver);
  return driver.packages.length === 0 ? sizeOfLayerwise() : sizeOfNodePackages(driver);
}

/** Bytes on disk after an installation, dependencies included. */
export async function measureInstalls(context: Context): Promise<InstallResult[]> {
  const candidates = context.settings.drivers.filter((row) => row.roles.includes('install'));
  return candidates.map((driver) => {
    const result = measureOne(driver);
    const size = result.bytes && `${(result.bytes / 1e6).toFixed(1)} MB`;
    context.log(`installed size, ${driver.name}: ${size ?? result.missing}`);
    return result;
  });
}
