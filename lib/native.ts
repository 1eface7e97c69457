import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isError, messageOf } from './builtins.js';
import { warnDeprecated } from './deprecation.js';
import { errorOfKind, isNativeErrorKind, NativeBinaryError } from './errors.js';
import type { CoreInfo, NativeAddon } from './nativeTypes.js';
import { packageRoot } from './version.js';

/**
 * The only file that loads the compiled core. It turns the errors of the core into the classes of
 * errors.ts.
 */

export type * from './nativeTypes.js';

let loaded: NativeAddon | undefined;

/**
 * The compiled core, loaded when it is first needed: whoever only builds specs needs no binary.
 *
 * @throws NativeBinaryError when there is no binary for this machine, or it does not load.
 */
export function native(): NativeAddon {
  if (loaded === undefined) {
    loaded = loadAddon();
    checkEnvironment();
  }
  return loaded;
}

/** The core takes what it cannot use for not set. */
function checkEnvironment(): void {
  const threads = process.env.LAYERWISE_THREADS ?? '';
  if (threads === '' || (/^\d+$/.test(threads) && Number(threads) > 0)) return;
  warnDeprecated('LAYERWISE_DEP0001', `It is '${threads}'.`);
}

/**
 * Version, instruction set and threads of the compiled core.
 *
 * @throws NativeBinaryError
 */
export function info(): CoreInfo {
  return callNative((addon) => addon.info());
}

/** Runs a call into the core and turns its errors into ours. */
export function callNative<Result>(call: (addon: NativeAddon) => Result): Result {
  const addon = native();
  try {
    return call(addon);
  } catch (error) {
    throw fromNativeError(error);
  }
}

/** The same for a call that gives a promise. */
export async function awaitNative<Result>(
  call: (addon: NativeAddon) => Promise<Result>,
): Promise<Result> {
  const addon = native();
  try {
    return await call(addon);
  } catch (error) {
    throw fromNativeError(error);
  }
}

/** An error of the core as one of our classes; anything else as it is. */
export function fromNativeError(error: unknown): unknown {
  if (!isError(error) || !('kind' in error) || !isNativeErrorKind(error.kind)) {
    return error;
  }
  const fields: Partial<Record<string, unknown>> = { ...error };
  const text = (field: unknown): string => (typeof field === 'string' ? field : '');
  const details = {
    path: text(fields.path),
    expected: text(fields.expected),
    received: text(fields.received),
    remedy: text(fields.remedy),
  };
  return errorOfKind(error.kind, details, { cause: error });
}

/** The file of the core, whether it loads or not; null when there is none for this system. */
export function binaryFile(): string | null {
  try {
    return finder().resolve(packageRoot());
  } catch {
    return null;
  }
}

/** Loads the binary in or for a folder, or tells which it would load. */
interface Finder {
  (folder: string): NativeAddon;
  resolve(folder: string): string;
}

function finder(): Finder {
  const require = createRequire(import.meta.url);
  return require('node-gyp-build') as Finder;
}

function loadAddon(): NativeAddon {
  const root = packageRoot();
  try {
    return finder()(root);
  } catch (cause) {
    throw missingBinary(root, cause);
  }
}

function missingBinary(root: string, cause: unknown): NativeBinaryError {
  const { platform, arch, versions } = process;
  const details = firstLineOf(messageOf(cause));
  // A clone has the sources of the whole project, an installed package only what it needs to build.
  const isClone = existsSync(join(root, '.git'));
  const command = isClone ? 'npm run build:native' : 'npx layerwise build';
  return new NativeBinaryError(
    {
      path: root,
      expected: `a native binary for ${platform}-${arch} (Node-API 8, Node ${versions.node})`,
      received: details,
      remedy:
        `Run \`${command}\` (it needs a C++20 compiler and Python 3). ` +
        'If node_modules was copied from another system, run `npm ci` on this one instead.',
    },
    { cause },
  );
}

function firstLineOf(text: string): string {
  return (text.split('\n', 1)[0] ?? '').replace(/\.$/, '');
}
