import { describe, expect, test } from 'vitest';
import { Listener } from '../lib/listener.js';

const refuse = (): never => {
  throw new Error('no');
};

describe('a listener', () => {
  test('hears of everything until it fails', () => {
    const heard: number[] = [];
    const failures: unknown[] = [];
    const listener = new Listener<number>(
      (event) => {
        heard.push(event);
        if (event === 2) throw new Error('two');
      },
      (error) => failures.push(error),
    );
    for (const event of [1, 2, 3]) listener.tell(event);
    expect(heard).toEqual([1, 2]);
    expect(failures).toEqual([new Error('two')]);
    expect(() => listener.throwFailure()).toThrow('two');
  });

  test('that nobody gave hears nothing', async () => {
    const listener = new Listener<number>(undefined);
    listener.tell(1);
    await listener.settled();
    expect(listener.isBusy).toBe(false);
    listener.throwFailure();
  });

  test.each<[string, () => unknown]>([
    ['a promise', () => Promise.reject(new Error('no'))],
    ['a promise of its own kind', () => Object.fromEntries([['then', refuse]])],
    ['an object whose getters throw', () => new Proxy({}, { get: refuse })],
  ])('fails with the answer: %s', async (_, answer) => {
    const failures: unknown[] = [];
    const listener = new Listener<number>(answer, (error) => failures.push(error));
    listener.tell(1);
    listener.tell(2);
    await listener.settled();
    expect(failures).toEqual([new Error('no')]);
    expect(() => listener.throwFailure()).toThrow('no');
  });

  test('is busy until its promises are fulfilled', async () => {
    const ends: (() => void)[] = [];
    const listener = new Listener<number>(() => new Promise<void>((resolve) => ends.push(resolve)));
    listener.tell(1);
    listener.tell(2);
    let isSettled = false;
    const settled = listener.settled().then(() => {
      isSettled = true;
    });
    for (const end of ends) {
      expect({ isSettled, isBusy: listener.isBusy }).toEqual({ isSettled: false, isBusy: true });
      end();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await settled;
    expect(listener.isBusy).toBe(false);
  });

  test('takes no longer for an event when many are pending', async () => {
    let last = new Promise<void>((resolve) => setImmediate(resolve));
    const listener = new Listener<number>(() => {
      last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
      return last;
    });
    for (let event = 0; event < 8000; event++) listener.tell(event);
    await listener.settled();
    expect(listener.isBusy).toBe(false);
  });
});
