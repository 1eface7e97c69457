import { expect, test } from 'vitest';
import { anySignal } from '../lib/signals.js';
import { foreignSignal } from './foreignSignal.js';

test('any signal is aborted with the first, be it of Node or not', () => {
  const controller = new AbortController();
  const foreign = foreignSignal();
  const [byForeign, byNode] = [
    anySignal(new AbortController().signal, foreign),
    anySignal(controller.signal, foreignSignal()),
  ];
  expect([byForeign.aborted, byNode.aborted]).toEqual([false, false]);
  foreign.abort('foreign');
  controller.abort('of Node');
  expect([byForeign.reason, byNode.reason]).toEqual(['foreign', 'of Node']);
});

test('any signal is aborted where one was before', () => {
  const foreign = foreignSignal();
  foreign.abort('before');
  expect(anySignal(foreign).reason).toBe('before');
});

test('a foreign signal is listened to once, however often it is used', () => {
  const foreign = foreignSignal();
  let listeners = 0;
  const listen = foreign.addEventListener.bind(foreign);
  foreign.addEventListener = (...args: Parameters<typeof listen>) => {
    listeners++;
    listen(...args);
  };
  const signals = [anySignal(foreign), anySignal(foreign)];
  foreign.abort('both');
  expect(signals.map(({ reason }) => reason)).toEqual(['both', 'both']);
  expect(listeners).toBe(1);
});
