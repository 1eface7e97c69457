import { expect, it } from 'vitest';
import { Interruption } from '../../lib/cli/interruption.js';

it('asks first and quits then', () => {
  let quits = 0;
  const interruption = new Interruption(() => {
    quits++;
  });
  expect(interruption.signal.aborted).toBe(false);
  interruption.interrupt();
  expect([interruption.signal.aborted, quits]).toEqual([true, 0]);
  interruption.interrupt();
  expect(quits).toBe(1);
});
