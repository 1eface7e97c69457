import { info, type NativeHistory } from '../native.js';
import type { History } from './events.js';
import type { TrainingWatch } from './trainingWatch.js';

/** What `util.inspect` and `console.log` ask an object for. */
const inspecting = Symbol.for('nodejs.util.inspect.custom');

/**
 * The history of a run that has ended. Its epochs become objects when somebody first looks at them: an array like any
 * other from then on, which can be sent to other threads and compared.
 */
export function historyOf<Metric extends string>(
  { stopped, timeIsOver, stoppedEarly, converged, state: _, lostState, ...measured }: NativeHistory,
  watch: TrainingWatch<Metric>,
): History<Metric> {
  const endings = [
    [stopped, 'stopped'],
    [timeIsOver, 'timeLimit'],
    [stoppedEarly, 'stoppedEarly'],
    [converged, 'converged'],
  ] as const;
  const stopReason = endings.find(([happened]) => happened)?.[1] ?? 'completed';
  const { warnings, statistics } = watch;
  let epochs: History<Metric>['epochs'] | undefined;
  const history: History<Metric> = {
    ...measured,
    get epochs() {
      epochs ??= watch.epochResults();
      return epochs;
    },
    // As of every other property of a history, programs may put something else in its place.
    set epochs(given) {
      epochs = given;
    },
    warnings,
    statistics,
    stopReason,
  };
  // Shown with its epochs, and not with a getter in their place.
  return Object.defineProperty(history, inspecting, { value: () => ({ ...history }) });
}

/** Of a run that ended before it began, while its data was copied say. */
export function emptyHistory<Metric extends string>(
  stopReason: 'stopped' | 'timeLimit',
): History<Metric> {
  const { threads } = info();
  return {
    epochs: [],
    warnings: [],
    statistics: [],
    stopReason,
    bestEpoch: null,
    nonFinite: [],
    seconds: 0,
    rowsPerSecond: 0,
    threads,
    arenaBytes: 0,
  };
}
