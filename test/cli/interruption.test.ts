import { expect, test } from 'vitest';
import { codeOfInterruption, Interrupted } from '../../lib/cli/exitCodes.js';
import { Interruption } from '../../lib/cli/interruption.js';

/** An interruption whose clock stands still until it is moved. */
function withClock() {
  const seen = { quits: 0, by: '', time: 5000 };
  const quit = (signal: string) => {
    seen.quits++;
    seen.by = signal;
  };
  return { seen, interruption: new Interruption(quit, () => seen.time) };
}

test('asks first and quits then', () => {
  const { seen, interruption } = withClock();
  expect(interruption.signal.aborted).toBe(false);
  interruption.interrupt();
  expect([interruption.signal.aborted, seen.quits]).toEqual([true, 0]);
  seen.time += 1500;
  interruption.interrupt();
  expect(seen.quits).toBe(1);
});

test('knows which signal it was', () => {
  const { seen, interruption } = withClock();
  interruption.interrupt('SIGTERM');
  expect(interruption.signal.reason).toMatchObject({ name: 'Interrupted', signal: 'SIGTERM' });
  seen.time += 1500;
  interruption.interrupt('SIGINT');
  expect(seen.by).toBe('SIGINT');
});

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGBREAK', 149],
] as const)('of %s ends with the code %i, as shells have it', (signal, code) => {
  expect(codeOfInterruption(new Interrupted(signal))).toBe(code);
});

test('takes signals that come together for one Ctrl-C, as npx passes them on', () => {
  const { seen, interruption } = withClock();
  interruption.interrupt();
  seen.time += 20;
  interruption.interrupt();
  expect([interruption.signal.aborted, seen.quits]).toEqual([true, 0]);
});

test('asks once for a closed terminal, and never quits', () => {
  const { seen, interruption } = withClock();
  interruption.ask('SIGHUP');
  seen.time += 1500;
  interruption.ask('SIGHUP');
  expect([interruption.signal.aborted, seen.quits]).toEqual([true, 0]);
  interruption.interrupt();
  expect(seen.quits).toBe(1);
});
