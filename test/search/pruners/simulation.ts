import { RandomStream } from '../../../lib/random.js';
import {
  type Direction,
  float,
  type Pruner,
  Study,
  type Trial,
} from '../../../lib/search/index.js';

/** Studies of trials that only play back a learning curve. */

/** The loss after a step, from 1. */
export type Curve = (step: number) => number;

/** Curves that fall exponentially, each to its own floor at its own pace; they cross early on. */
export function fallingCurves(count: number, seed = 0): Curve[] {
  const random = new RandomStream(seed);
  return Array.from({ length: count }, () => {
    const floor = 0.1 + random.uniform();
    const height = 1 + random.uniform();
    const pace = 2 + 8 * random.uniform();
    return (step: number) => floor + height * Math.exp(-step / pace);
  });
}

/** Curves that never cross: the order of their first values is that of their last ones. */
export function nestedCurves(count: number, seed = 0): Curve[] {
  const random = new RandomStream(seed);
  return Array.from({ length: count }, () => {
    const level = 0.1 + random.uniform();
    return (step: number) => level * (1 + 4 * Math.exp(-step / 5));
  });
}

export interface Playback {
  readonly pruner: Pruner;
  readonly curves: readonly Curve[];
  readonly steps: number;
  /** Trials that run at the same time, taking turns. Default 1. */
  readonly parallel?: number;
  /** To maximize is to play back the curves upside down. Default 'minimize'. */
  readonly direction?: Direction;
}

export interface Played {
  readonly trials: readonly Trial[];
  readonly best: Trial | null;
  /** The numbers of trials and their last steps. */
  readonly lengths: readonly number[];
  /** The share of all steps that were not run. */
  readonly saved: number;
}

export function play({ pruner, curves, steps, parallel = 1, direction }: Playback): Played {
  const sign = direction === 'maximize' ? -1 : 1;
  const study = new Study({ space: { x: float(0, 1) }, pruner, direction, now: () => 0 });
  const waiting = [...curves];
  const lanes = Array.from({ length: parallel }, () => start());
  function start() {
    const curve = waiting.shift();
    const trial = curve && study.ask();
    return curve && trial ? { trial, curve, step: 0 } : null;
  }
  while (lanes.some((lane) => lane !== null)) {
    for (const [index, lane] of lanes.entries()) {
      if (lane === null) continue;
      lane.step++;
      const value = sign * lane.curve(lane.step);
      const stop = lane.trial.report(lane.step, value);
      if (stop) lane.trial.prune();
      else if (lane.step === steps) lane.trial.complete(value);
      else continue;
      lanes[index] = start();
    }
  }
  const lengths = study.trials.map(({ reports }) => reports.length);
  const run = lengths.reduce((sum, length) => sum + length, 0);
  const saved = 1 - run / (curves.length * steps);
  return { trials: study.trials, best: study.best, lengths, saved };
}

/** The number of the curve with the lowest end. */
export function bestOf(curves: readonly Curve[], steps: number): number {
  const ends = curves.map((curve) => curve(steps));
  return ends.indexOf(Math.min(...ends));
}

/** A trial as it would stand in a study. */
export function trialOf(
  number: number,
  values: readonly (number | null)[],
  state: Trial['state'] = 'running',
): Trial {
  return {
    number,
    state,
    parameters: {},
    value: state === 'complete' ? (values.at(-1) ?? null) : null,
    reports: values.map((value, index) => ({ step: index + 1, value })),
    error: state === 'failed' ? 'made up' : null,
    attributes: {},
    startedAt: 0,
    finishedAt: state === 'running' ? null : 1,
  };
}

/** Whether a pruner stops the last of these trials, after its last report. */
export function stops(
  pruner: Pruner,
  trials: readonly Trial[],
  direction: Direction = 'minimize',
): boolean {
  const trial = trials.at(-1);
  if (!trial) throw new Error('a trial is needed');
  return pruner.shouldPrune({ trial, trials, direction });
}
