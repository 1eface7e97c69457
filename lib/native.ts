import { createRequire } from 'node:module';
import { chosenBinary, otherBinaries } from './binary/files.js';
import { isCutOff } from './binary/header.js';
import { loadFailure } from './binary/loadFailure.js';
import { isError } from './builtins.js';
import { warnDeprecated } from './deprecation.js';
import { errorOfKind, isNativeErrorKind } from './errors.js';
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

/** Whether there is a core, for what is done without one, too. */
export function isLoadable(): boolean {
  try {
    native();
    return true;
  } catch {
    return false;
  }
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
 * ```ts
 * console.log(info().instructionSet); // 'avx512'
 * ```
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

/** The file of the core that is loaded, or would be; null when there is none for this system. */
export function binaryFile(): string | null {
  const root = packageRoot();
  if (loadedFile !== undefined || root === null) return loadedFile ?? null;
  try {
    return chosenBinary(root);
  } catch {
    return otherBinaries(root, null)[0] ?? null;
  }
}

let loadedFile: string | undefined;

interface Attempt {
  /** Null where none was found. */
  readonly file: string | null;
  readonly cause: unknown;
}

function loadAddon(): NativeAddon {
  const root = packageRoot();
  if (root === null) throw loadFailure(null, null, undefined);
  const attempts: Attempt[] = [];
  const chosen = loadFrom(() => chosenBinary(root), attempts);
  if (chosen !== undefined) return chosen;
  const [first] = attempts;
  for (const file of otherBinaries(root, first?.file ?? null)) {
    const other = loadFrom(() => file, attempts);
    if (other !== undefined) return other;
  }
  const { file = null, cause } = attempts.find((attempt) => attempt.file !== null) ?? first ?? {};
  throw loadFailure(root, file, cause);
}

/** Undefined where that fails; why is added to the attempts. */
function loadFrom(find: () => string, attempts: Attempt[]): NativeAddon | undefined {
  let file: string | null = null;
  try {
    file = find();
    if (isCutOff(file)) throw new Error(`${file} is cut off`);
    const addon = createRequire(file)(file) as NativeAddon;
    loadedFile = file;
    return addon;
  } catch (cause) {
    attempts.push({ file, cause });
    return undefined;
  }
}
