import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { checkpointSignal, endingSignals, SignalListeners } from '../lib/processSignals.js';

/** A process of another system, whose clock stands still until it is moved. */
class OtherProcess extends EventEmitter {
  readonly pid = 7;
  readonly killed: string[] = [];
  time = 5000;
  readonly listeners_: SignalListeners;

  constructor(readonly platform: string) {
    super();
    this.listeners_ = new SignalListeners(this, () => this.time);
  }

  kill(pid: number, signal: string): void {
    this.killed.push(`${pid} ${signal}`);
  }

  send(signal: string): void {
    this.emit(signal, signal);
  }

  get handled(): string[] {
    return this.eventNames().map(String).sort();
  }
}

function counting() {
  const seen = { ends: 0, checkpoints: 0 };
  return {
    seen,
    end: () => {
      seen.ends++;
    },
    checkpoint: () => {
      seen.checkpoints++;
    },
  };
}

test.each([
  ['linux', ['SIGINT', 'SIGTERM'], 'SIGUSR2'],
  ['darwin', ['SIGINT', 'SIGTERM'], 'SIGUSR2'],
  ['win32', ['SIGINT', 'SIGBREAK'], undefined],
])('on %s', (platform, ending, checkpoint) => {
  expect(endingSignals(platform)).toEqual(ending);
  expect(checkpointSignal(platform)).toBe(checkpoint);
  const system = new OtherProcess(platform);
  const remove = system.listeners_.add(counting());
  expect(system.handled).toEqual([...ending, checkpoint].filter(Boolean).sort());
  remove();
  expect(system.handled).toEqual([]);
});

test('several listeners hear of a signal, and handlers go with the last of them', () => {
  const system = new OtherProcess('linux');
  const [one, other] = [counting(), counting()];
  const removals = [one, other].map((listener) => system.listeners_.add(listener));
  system.send('SIGUSR2');
  system.send('SIGTERM');
  expect([one.seen, other.seen]).toEqual([
    { ends: 1, checkpoints: 1 },
    { ends: 1, checkpoints: 1 },
  ]);
  removals[0]?.();
  removals[0]?.();
  expect(system.listenerCount('SIGTERM')).toBe(1);
  const late = counting();
  const remove = system.listeners_.add(late);
  expect(late.seen.ends).toBe(1);
  remove();
  removals[1]?.();
  expect(system.handled).toEqual([]);
  // Whoever comes now has not been asked for anything.
  const next = counting();
  system.listeners_.add(next);
  expect(next.seen.ends).toBe(0);
});

test('a second signal within a second is the same keystroke, and a later one ends the process', () => {
  const system = new OtherProcess('linux');
  const { seen, ...listener } = counting();
  system.listeners_.add(listener);
  system.send('SIGINT');
  system.time += 20;
  system.send('SIGINT');
  expect([seen.ends, system.killed]).toEqual([1, []]);
  system.time += 1500;
  system.send('SIGTERM');
  expect([seen.ends, system.killed, system.handled]).toEqual([1, ['7 SIGTERM'], []]);
});
