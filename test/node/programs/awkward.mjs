// Values that programs give by mistake, and some that only an enemy gives.

import { types } from 'node:util';

/** Thrown by the getters, traps and functions among the values. */
export class Expected extends Error {}

/** mulberry32: the same numbers for the same seed. */
export class Random {
  constructor(seed) {
    this.state = seed;
  }

  below(bound) {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  pick(values) {
    return values[this.below(values.length)];
  }
}

const trap = () => {
  throw new Expected('from a value');
};

const revoked = (target) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};

const detached = () => {
  const array = new Float32Array(4);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
};

const cycle = () => {
  const value = { list: [] };
  value.list.push(value);
  return value;
};

class OddFloats extends Float32Array {
  static get [Symbol.species]() {
    return Float64Array;
  }
}

const numbers = [
  ...[0, -0, 1, 2, 3, 4, 0.5, -1, 1.5, 1e-320, 1e308, 70173, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1],
  ...[2 ** 32, 2 ** 33, 2 ** 40, 2 ** 53 - 1, 2 ** 53, -(2 ** 63), Number.NaN, Infinity, -Infinity],
];

const texts = [
  ...['', 'a', '1', 'relu', 'softmax', 'loss', 'accuracy', 'constructor', '__proto__', 'toString'],
  ...['hasOwnProperty', 'then', 'no-such-folder/file', 'a\0b', '\ud800', 'x'.repeat(300)],
  ...['minimize', 'maximize', '0.weight', 'float32', 'balanced', '\u001b[31m'],
];

const makers = [
  () => undefined,
  () => null,
  () => true,
  () => false,
  () => Symbol('x'),
  () => 10n,
  () => () => {},
  () => trap,
  () => async () => trap(),
  () => class {},
  () => ({}),
  () => [],
  () => [[]],
  () => [undefined],
  () => new Array(3),
  () => new Array(2 ** 32 - 1),
  () => Object.assign(new Array(2 ** 32 - 1), { 0: 1 }),
  () => [1, '2', null],
  () => [1n, 2n],
  () => [Symbol('x')],
  () => [true, false],
  () => ['a', 'b'],
  () => [Number.NaN],
  () => [[1, 2, 3, 4]],
  () => [[1, 2], [3]],
  () => [[[[[[[[[[]]]]]]]]]],
  () => Object.create(null),
  () => Object.create({ epochs: 1 }),
  () => ({ length: 2 ** 53 - 1 }),
  () => ({ length: -1 }),
  () => ({ type: Symbol('x') }),
  () => ({ type: 'dense', units: 2 ** 60 }),
  () => ({ values: new Float32Array(4), rows: 1, columns: 4 }),
  () => ({ values: [1, 2], rows: 2 ** 31, columns: 2 ** 31 }),
  () => Object.fromEntries([['then', 5]]),
  () => ({ toString: trap, valueOf: trap, toJSON: trap }),
  () => ({ constructor: { name: Symbol('x') } }),
  () => JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
  () => Object.defineProperty({}, 'inputs', { get: trap, enumerable: true }),
  () => new Proxy({}, { ownKeys: trap, get: trap, has: trap, getPrototypeOf: trap }),
  () => new Proxy({ epochs: 1 }, { get: trap }),
  () => new Proxy([1], { get: trap }),
  () => new Proxy([], {}),
  () => revoked({}),
  () => revoked([]),
  () => revoked(() => {}),
  () => new Proxy(new Float32Array(4), {}),
  () => Object.create(Float32Array.prototype),
  () => Object.create(Error.prototype),
  () => Object.create(AbortSignal.prototype),
  cycle,
  () => [cycle()],
  () => new Map([['a', 1]]),
  () => new Set([1]),
  () => new Date(Number.NaN),
  () => /x/g,
  () => new URL('file:///x'),
  () => Promise.resolve(1),
  () => new Error('x'),
  () => new AbortController(),
  () => new AbortController().signal,
  () => AbortSignal.abort(new Expected('aborted')),
  () => new ArrayBuffer(8),
  () => new SharedArrayBuffer(8),
  () => new DataView(new ArrayBuffer(8)),
  () => new Float32Array(0),
  () => new Float32Array(4),
  () => new Float64Array([1, 2, 3, Number.NaN]),
  () => new Float32Array(new SharedArrayBuffer(16)),
  () => new OddFloats(4),
  detached,
  () => new Int8Array(4),
  () => new Int16Array(4),
  () => new Int32Array(4),
  () => new Uint8Array(4),
  () => new Uint8ClampedArray(4),
  () => new Uint16Array(4),
  () => new Uint32Array(4).fill(2 ** 32 - 1),
  () => new BigInt64Array(4),
  () => new BigUint64Array(4),
  () => Buffer.alloc(4),
  () => globalThis,
];

/** Any value. */
export function awkward(random) {
  const kind = random.below(4);
  if (kind === 0) return random.pick(numbers);
  return kind === 1 ? random.pick(texts) : random.pick(makers)();
}

/** Good arguments with a place or two replaced, left out or added, at any depth. */
export function mutated(words, random) {
  const given = [...words];
  for (let changes = random.below(3); changes > 0; changes--) {
    const places = placesIn(given);
    const [owner, key] = random.pick(places);
    const change = random.below(8);
    const isList = Array.isArray(owner);
    if (change === 0 && !isList) Reflect.deleteProperty(owner, key);
    else put(owner, change === 1 && !isList ? random.pick(texts) : key, awkward(random));
  }
  return given;
}

/** As an own property, whatever its name; where there is one that cannot be changed, it stays. */
function put(owner, key, value) {
  const how = { value, enumerable: true, configurable: true, writable: true };
  Reflect.defineProperty(owner, key, how);
}

/** [owner, key] of every argument, and of what plain lists and objects among them hold. */
function placesIn(words) {
  const places = [];
  const visit = (owner, depth) => {
    if (depth > 5 || (Array.isArray(owner) && owner.length > 64)) return;
    for (const key of Object.keys(owner)) {
      places.push([owner, key]);
      const value = Object.getOwnPropertyDescriptor(owner, key)?.value;
      if (isPlain(value)) visit(value, depth + 1);
    }
  };
  visit(words, 0);
  // Arguments behind the last one: options that were not given.
  places.push([words, String(words.length)]);
  return places;
}

function isPlain(value) {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return !Object.isFrozen(value) && [Object.prototype, Array.prototype].includes(prototype);
}
