import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { paths } from '../common/paths.js';

/**
 * The layerwise that this process measures: that of the package folder which the second word of the
 * command names, or of this checkout.
 */

interface Package {
  readonly version: string;
  readonly exports: { readonly '.': { readonly import: { readonly default: string } } };
}

const folder = path.resolve(process.argv[3] ?? paths.root);
const { version, exports } = JSON.parse(
  readFileSync(path.join(folder, 'package.json'), 'utf8'),
) as Package;
const entry = pathToFileURL(path.join(folder, exports['.'].import.default));

export const layerwise = (await import(entry.href)) as typeof import('layerwise');
export const layerwiseVersion = version;
