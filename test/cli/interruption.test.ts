import { expect, test } from 'vitest';
import { Interruption } from '../../lib/cli/interruption.js';

/** An interruption whose clock stands still until it is moved. */
function withClock() {
  const seen = { quits: 0, time: 5000 };
  const quit = () => {
    seen.quits++;
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

test('takes signals that come together for one Ctrl-C, as npx passes them on', () => {
  const { seen, interruption } = withClock();
  interruption.interrupt();
  seen.time += 20;
  interruption.interrupt();
  expect([interruption.signal.aborted, seen.quits]).toEqual([true, 0]);
});

test('asks once for a closed terminal, and never quits', () => {
  const { seen, interruption } = withClock();
  interruption.ask();
  seen.time += 1500;
  interruption.ask();
  expect([interruption.signal.aborted, seen.quits]).toEqual([true, 0]);
  interruption.interrupt();
  expect(seen.quits).toBe(1);
});
