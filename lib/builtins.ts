import { types } from 'node:util';

/**
 * What a value of JavaScript itself is: an array, an error, a promise. `instanceof` asks for the classes of the
 * realm that this module runs in, and a program may have several: test runners such as Jest run modules in a
 * context of its own, with its own `Error` and `Float32Array`, while Node and the compiled core give values of
 * the first one. What is asked here is the same in all of them, and no value makes a question throw.
 */

export const {
  isAnyArrayBuffer,
  isBigInt64Array,
  isBigUint64Array,
  isFloat32Array,
  isFloat64Array,
  isInt32Array,
  isPromise,
  isUint8Array,
} = types;

/** The same numbers, not copied, as an array of this realm: those of the core are of the first one. */
export function asOwnFloats(values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  return new Float32Array(values.buffer, values.byteOffset, values.length);
}

/** As `Array.isArray`, which throws for a proxy that was revoked. */
export function isArray(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** A proxy that was revoked: whatever is asked of it throws. */
export function isRevoked(value: unknown): boolean {
  try {
    // Throws for a revoked proxy, and for nothing else.
    Array.isArray(value);
    return false;
  } catch {
    return true;
  }
}

/** Also the errors of the web, which engines do not count as their own. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || hasTag(value, 'DOMException');
}

/** What an error says, or whatever else was thrown. */
export function messageOf(thrown: unknown): string {
  if (isError(thrown)) return String(thrown.message);
  try {
    return String(thrown);
  } catch {
    // An object without a prototype, say.
    return 'a value that has no text';
  }
}

/** The `code` of an error of Node, such as ENOENT; empty where there is none. */
export function codeOf(error: unknown): string {
  return isError(error) && 'code' in error ? String(error.code) : '';
}

/** One of any realm, and of any library that has made its own: it is known by what it can do. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const signal = value as Partial<AbortSignal>;
    const { aborted, addEventListener, removeEventListener, throwIfAborted } = signal;
    const methods = [addEventListener, removeEventListener, throwIfAborted];
    return typeof aborted === 'boolean' && methods.every((method) => typeof method === 'function');
  } catch {
    // The getters of the class refuse what only inherits from it.
    return false;
  }
}

export function isAbortController(value: unknown): value is AbortController {
  return hasTag(value, 'AbortController');
}

function hasTag(value: unknown, tag: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return Object.prototype.toString.call(value) === `[object ${tag}]`;
  } catch {
    // A proxy, revoked or with a trap that throws.
    return false;
  }
}
