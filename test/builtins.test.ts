import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  codeOf,
  immediate,
  isAbortController,
  isAbortSignal,
  isArray,
  isError,
  isFloat32Array,
  isFloat64Array,
  isInt32Array,
  isNativeSignal,
  isNumberArray,
  isPromise,
  isRevoked,
  isUint8Array,
  messageOf,
  plainView,
  zerosLike,
} from '../lib/builtins.js';

/** What an expression gives in a realm that has classes of its own. */
const elsewhere = (expression: string): unknown => runInNewContext(expression);

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable<unknown[]>([], {});
  revoke();
  return proxy;
};
const hostile = new Proxy(
  {},
  {
    get: () => {
      throw new Error('from the trap');
    },
  },
);
const questions = {
  isAbortController,
  isAbortSignal,
  isArray,
  isError,
  isFloat32Array,
  isFloat64Array,
  isInt32Array,
  isNativeSignal,
  isPromise,
  isUint8Array,
};
type Question = keyof typeof questions;

describe('what a value is', () => {
  test.each<[Question, string]>([
    ['isArray', '[1, 2]'],
    ['isError', 'new RangeError("x")'],
    ['isError', '(() => { try { null.x } catch (error) { return error } })()'],
    ['isFloat32Array', 'new Float32Array(2)'],
    ['isFloat64Array', 'new Float64Array(2)'],
    ['isInt32Array', 'new Int32Array(2)'],
    ['isUint8Array', 'new Uint8Array(2)'],
    ['isPromise', 'Promise.resolve()'],
  ])('%s is the same in every realm: %s', (question, expression) => {
    const value = elsewhere(expression);
    for (const [name, ask] of Object.entries(questions)) {
      expect(`${name}: ${ask(value)}`).toBe(`${name}: ${name === question}`);
    }
  });

  test('bytes of Node are bytes', () => {
    expect(isUint8Array(Buffer.alloc(1))).toBe(true);
    expect(isUint8Array(new Uint8ClampedArray(1))).toBe(false);
  });

  test('errors of the web are errors', () => {
    expect(isError(new DOMException('x', 'AbortError'))).toBe(true);
    expect(isError({ message: 'x', name: 'Error' })).toBe(false);
  });

  test('a signal is what can do what a signal does', () => {
    const controller = new AbortController();
    const foreign = {
      aborted: false,
      addEventListener: () => {},
      removeEventListener: () => {},
      throwIfAborted: () => {},
    };
    expect([controller.signal, AbortSignal.timeout(1), foreign].map(isAbortSignal)).toEqual([
      true,
      true,
      true,
    ]);
    const others = [controller, {}, Object.create(AbortSignal.prototype), null, 5];
    expect(others.map(isAbortSignal)).toEqual(others.map(() => false));
    expect(isAbortController(controller)).toBe(true);
    expect([controller.signal, AbortSignal.timeout(1)].every(isNativeSignal)).toBe(true);
    expect([foreign, ...others].some(isNativeSignal)).toBe(false);
  });

  test.each(Object.keys(questions) as Question[])('%s throws for no value', (question) => {
    const ask = questions[question];
    const typed = Object.create(Float32Array.prototype);
    for (const value of [hostile, null, undefined, Symbol('x'), 1n, typed, Object.create(null)]) {
      expect(ask(value)).toBe(false);
    }
    expect(ask(revoked())).toBe(false);
  });

  test('a revoked proxy is known', () => {
    expect([revoked(), new Proxy([], {}), hostile, [], null].map(isRevoked)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('what was thrown', () => {
  test('has a message, whatever it is', () => {
    const thrown = [new Error('x'), elsewhere('new TypeError("x")'), 'x', 7, { message: 'x' }];
    expect(thrown.map(messageOf)).toEqual(['x', 'x', 'x', '7', 'x']);
    expect(messageOf(Symbol('x'))).toBe('Symbol(x)');
    expect(messageOf(Object.assign(new Error('x'), { message: 5 }))).toBe('5');
    expect(messageOf(Object.create(null))).toBe('[object Object]');
    expect(messageOf(new Array(2 ** 32 - 1))).toBe('[object Array]');
    expect(messageOf(revoked())).toBe('a value that has no text');
    const { proxy, revoke } = Proxy.revocable(() => {}, {});
    revoke();
    expect(messageOf(proxy)).toBe('a value that has no text');
  });

  test('has a code where Node gave it one', async () => {
    const error: unknown = await readFile('/no/such/file').catch((reason: unknown) => reason);
    expect(codeOf(error)).toBe('ENOENT');
    const odd = Object.assign(new Error('x'), { code: Object.create(null) });
    const throwing = Object.defineProperty(new Error('x'), 'code', {
      get: () => {
        throw new Error('from the getter');
      },
    });
    const others = [new Error('x'), { code: 'ENOENT' }, null, odd, throwing];
    expect(others.map(codeOf)).toEqual(others.map(() => ''));
  });
});

test('an answer that is a promise is left to be refused, and its rejection unheard', async () => {
  const answer = Promise.reject(new Error('nobody hears of this'));
  expect(immediate(answer)).toBe(answer);
  expect(immediate(5)).toBe(5);
  await new Promise((resolve) => setImmediate(resolve));
});

describe('typed arrays', () => {
  /** Classes that say what their methods give, in all the wrong ways. */
  class Odd extends Float32Array {
    static get [Symbol.species]() {
      return Float64Array as unknown as Float32ArrayConstructor;
    }
    override subarray(): Float32Array<ArrayBuffer> {
      return new Float32Array(1);
    }
  }
  const numbers = [
    new Int8Array(2),
    new Uint8Array(2),
    new Uint8ClampedArray(2),
    new Int16Array(2),
    new Uint16Array(2),
    new Int32Array(2),
    new Uint32Array(2),
    new Float32Array(2),
    new Float64Array(2),
  ];

  test('are known, those of BigInts and other views are none', () => {
    expect([...numbers, Buffer.alloc(2), new Odd(2)].every(isNumberArray)).toBe(true);
    const others = [
      new BigInt64Array(2),
      new DataView(new ArrayBuffer(2)),
      [1],
      null,
      'ab',
      hostile,
    ];
    expect(others.some(isNumberArray)).toBe(false);
    expect(isNumberArray(elsewhere('new Int16Array(2)'))).toBe(true);
  });

  test('have zeros like them', () => {
    for (const values of [...numbers, Buffer.from([1, 2]), Odd.of(1, 2)]) {
      const zeros = zerosLike(values, 3);
      expect([...zeros]).toEqual([0, 0, 0]);
      expect(zeros[Symbol.toStringTag]).toBe(values[Symbol.toStringTag]);
      expect(zeros.buffer).not.toBe(values.buffer);
    }
    expect(zerosLike(Buffer.alloc(2), 2)).not.toBeInstanceOf(Buffer);
  });

  test('have a view without methods of their own', () => {
    const odd = Odd.of(1, 2, 3, 4).subarray;
    expect(odd).not.toBe(Float32Array.prototype.subarray);
    const view = plainView(Odd.of(1, 2, 3, 4));
    expect(view.subarray(1, 3)).toEqual(Float32Array.of(2, 3));
    const bytes = Buffer.from([1, 2, 3]);
    plainView(bytes).slice().fill(9);
    expect([...bytes]).toEqual([1, 2, 3]);
    plainView(bytes).fill(9);
    expect([...bytes]).toEqual([9, 9, 9]);
  });

  test('have an empty view when their memory was taken away', () => {
    const values = new Float32Array(4);
    structuredClone(values.buffer, { transfer: [values.buffer] });
    expect(plainView(values)).toEqual(new Float32Array(0));
  });

  test('of another realm have a view of this one, over the same memory', () => {
    const buffer = new ArrayBuffer(16);
    const expression = 'new Float32Array(buffer, 4, 2)';
    const foreign: Float32Array = runInNewContext(expression, { buffer });
    const own = plainView(foreign);
    foreign[1] = 7;
    expect(own).toEqual(Float32Array.of(0, 7));
    expect(own.buffer).toBe(buffer);
  });
});
