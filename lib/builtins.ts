import { types } from 'node:util';

/**
 * What a value of JavaScript itself is: an array, an error, a promise. `instanceof` asks for the classes of the
 * realm that this module runs in, and a program may have several: test runners such as Jest run modules in a
 * context of its own, with its own `Error` and `Float32Array`, while Node and the compiled core give values of
 * the first one. What is asked here is the same in all of them, and no value makes a question throw.
 */

/** @internal Its types are those of Node, which programs may lack. */
export const { isDate, isFloat32Array, isFloat64Array, isInt32Array, isPromise, isUint8Array } =
  types;

const arrayClasses = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
};

type ArrayName = keyof typeof arrayClasses;

/** A typed array of numbers. Those of BigInts are none. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/**
 * What all typed arrays inherit tells what an array really is, where its class, which may be the caller's, has
 * something else to say.
 */
function trueMember(name: string | symbol): (values: unknown) => unknown {
  const prototype: object = Object.getPrototypeOf(Uint8Array.prototype);
  const getter = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return (values) => getter?.call(values);
}

const nameOfArray = trueMember(Symbol.toStringTag);
const bufferOf = trueMember('buffer') as (values: NumberArray) => ArrayBufferLike;
const byteOffsetOf = trueMember('byteOffset') as (values: NumberArray) => number;
/** How many values an array holds, whatever its class says. */
export const trueLengthOf = trueMember('length') as (values: NumberArray) => number;

function classOf(value: unknown): (typeof arrayClasses)[ArrayName] | undefined {
  const name = nameOfArray(value);
  return typeof name === 'string' && Object.hasOwn(arrayClasses, name)
    ? arrayClasses[name as ArrayName]
    : undefined;
}

export function isNumberArray(value: unknown): value is NumberArray {
  return classOf(value) !== undefined;
}

export function isBigIntArray(value: unknown): value is BigInt64Array | BigUint64Array {
  return types.isBigInt64Array(value) || types.isBigUint64Array(value);
}

/**
 * An array of zeros of the same type. (The methods of the array itself may be others than those of its type:
 * `slice` of a Buffer gives a view, and a class that extends one may say what its methods give.)
 */
export function zerosLike<Values extends NumberArray>(values: Values, length: number): Values {
  const Class = classOf(values) ?? Float64Array;
  return new Class(length) as unknown as Values;
}

/** The same memory as an array of its type and of this realm, with the methods of that type. */
export function plainView<Values extends NumberArray>(values: Values): Values {
  const Class = classOf(values) ?? Float64Array;
  const length = trueLengthOf(values);
  // Shared or not, as the array has it.
  const buffer = bufferOf(values) as ArrayBuffer;
  // That of an array whose memory was taken away cannot be looked at.
  const view = length === 0 ? new Class(0) : new Class(buffer, byteOffsetOf(values), length);
  return view as unknown as Values;
}

/** As `Array.isArray`, which throws for a proxy that was revoked. */
export function isArray(value: unknown): value is unknown[] {
  return kindOf(value) === 'array';
}

/** A proxy that was revoked: whatever is asked of it throws. */
export function isRevoked(value: unknown): boolean {
  return kindOf(value) === 'revoked';
}

/** As `instanceof` with a class of the library, which throws for a proxy that was revoked. */
export function isInstance<Instance>(
  value: unknown,
  Class: abstract new (...words: never[]) => Instance,
): value is Instance {
  return isObject(value) && value instanceof Class;
}

/** An object of which something can be asked. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isRevoked(value);
}

function kindOf(value: unknown): 'array' | 'other' | 'revoked' {
  try {
    return Array.isArray(value) ? 'array' : 'other';
  } catch {
    return 'revoked';
  }
}

/**
 * What a function of the caller has answered that is used at once. A promise will be refused by its type, and what
 * it rejects with is nobody's error any more: it must not end the process.
 */
export function immediate<Answer>(answer: Answer): Answer {
  if (isPromise(answer)) answer.catch(() => {});
  return answer;
}

/** Also the errors of the web, which engines do not count as their own. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || hasTag(value, 'DOMException');
}

/** What an error says, or whatever else was thrown. */
export function messageOf(thrown: unknown): string {
  if (thrown === null || !['object', 'function'].includes(typeof thrown)) return String(thrown);
  try {
    const { message } = thrown as { readonly message?: unknown };
    if (typeof message === 'string') return message;
    // Not the text of an object itself: that of a list may be without end.
    const said = isError(thrown) ? message : Object.prototype.toString.call(thrown);
    if (typeof said !== 'object' && typeof said !== 'function') return String(said);
  } catch {
    // A proxy or a getter that throws.
  }
  return 'a value that has no text';
}

/** The `code` of an error of Node, such as ENOENT; empty where there is none, or one that is no text. */
export function codeOf(error: unknown): string {
  try {
    const code: unknown = isError(error) && 'code' in error ? error.code : '';
    return typeof code === 'string' ? code : '';
  } catch {
    // A getter that throws.
    return '';
  }
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

const isAborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')?.get;

/** A signal of Node itself, which the functions of its class know. */
export function isNativeSignal(value: unknown): boolean {
  try {
    // The getter of the class refuses everything else.
    return typeof isAborted?.call(value) === 'boolean';
  } catch {
    return false;
  }
}

/** @internal */
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
