import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  asOwnFloats,
  codeOf,
  isAbortController,
  isAbortSignal,
  isArray,
  isError,
  isFloat32Array,
  isFloat64Array,
  isInt32Array,
  isPromise,
  isRevoked,
  isUint8Array,
  messageOf,
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
    const thrown = [new Error('x'), elsewhere('new TypeError("x")'), 'x', 7, Object.create(null)];
    expect(thrown.map(messageOf)).toEqual(['x', 'x', 'x', '7', 'a value that has no text']);
    expect(messageOf(revoked())).toBe('a value that has no text');
  });

  test('has a code where Node gave it one', async () => {
    const error: unknown = await readFile('/no/such/file').catch((reason: unknown) => reason);
    expect(codeOf(error)).toBe('ENOENT');
    expect([new Error('x'), { code: 'ENOENT' }, null].map(codeOf)).toEqual(['', '', '']);
  });
});

test('floats of another realm become some of this one, with the same memory', () => {
  const buffer = new ArrayBuffer(16);
  const foreign = runInNewContext('new Float32Array(buffer, 4, 2)', {
    buffer,
  }) as Float32Array<ArrayBuffer>;
  const own = asOwnFloats(foreign);
  foreign[1] = 7;
  expect(own).toEqual(Float32Array.of(0, 7));
  expect(own.buffer).toBe(buffer);
});
