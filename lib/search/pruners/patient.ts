import {
  countRule,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../../checks.js';
import type { JsonObject } from '../../model/json.js';
import type { Pruner } from '../pruner.js';
import { requirePruner, verdictOf } from '../strategies.js';
import { type Direction, lossOf, type Report, type Trial } from '../trial.js';
import { definePruner } from './definition.js';
import { isDue, type PrunerTiming, resolveTiming, timingKeys } from './timing.js';

export interface PatientPrunerOptions extends PrunerTiming {
  /**
   * Steps without progress after which a trial may be stopped, 1 or more.
   *
   * @default 10
   */
  readonly patience?: number | undefined;
  /**
   * By how much a value has to be better than the best before to count as progress.
   *
   * @default 0
   */
  readonly minDelta?: number | undefined;
  /**
   * Has to agree.
   *
   * @default nobody has to
   */
  readonly pruner?: Pruner | undefined;
}

/**
 * Stops a trial that has made no progress for some steps; with another pruner, only if that one would
 * stop it as well: a bad trial that still gets better goes on. A wrapped pruner that judges at some
 * steps only (`successiveHalvingPruner` at its rungs) is heard at those only.
 *
 * Default of `startupTrials`: 0.
 *
 * ```ts
 * const study = new Study({ space, pruner: patientPruner({ patience: 5, pruner: medianPruner() }) });
 * ```
 *
 * @throws ArgumentError
 */
export function patientPruner(options: PatientPrunerOptions = {}): Pruner {
  requireKnownKeys(
    requireObject(options, 'patientPruner'),
    ['patience', 'minDelta', 'pruner', ...timingKeys],
    '',
  );
  const pruner = options.pruner === undefined ? undefined : requirePruner(options.pruner, 'pruner');
  const timing = resolveTiming(options, 0);
  const patience = requireInteger(withDefault(options.patience, 10), 'patience', countRule);
  const minDelta = requireNumber(withDefault(options.minDelta, 0), 'minDelta', { minimum: 0 });
  const shown: JsonObject = {
    ...{ patience, minDelta, ...timing },
    ...(pruner && { pruner: { name: pruner.name, options: pruner.options } }),
  };
  const [falling, rising] = [new ProgressReader(minDelta), new ProgressReader(minDelta)];
  return definePruner('patient', shown, (context, { step }) => {
    if (!isDue(context, timing)) return false;
    const readers = context.direction === 'minimize' ? falling : rising;
    const progress = readers.stepOf(context.trial, context.direction);
    return step - progress >= patience && (pruner === undefined || verdictOf(pruner, context));
  });
}

/** Of a curve that only ever grows. */
interface Progress {
  /** The reports that have been looked at. */
  read: number;
  best: number;
  /** The last step whose loss was better than all before; Infinity without one. */
  step: number;
}

/** Looks at what is new since the last time; this saves time, and changes nothing. */
class ProgressReader {
  readonly #known = new WeakMap<readonly Report[], Progress>();

  constructor(readonly minDelta: number) {}

  stepOf({ reports }: Trial, direction: Direction): number {
    const known = this.#known.get(reports);
    const isKnown = known !== undefined && known.read <= reports.length;
    const progress = isKnown ? known : { read: 0, best: Infinity, step: Infinity };
    this.#known.set(reports, progress);
    for (; progress.read < reports.length; progress.read++) {
      const { step, value } = reports[progress.read] as Report;
      if (value === null) continue;
      const loss = lossOf(value, direction);
      // The first one counts in any case.
      if (progress.best !== Infinity && loss >= progress.best - this.minDelta) continue;
      progress.best = loss;
      progress.step = step;
    }
    return progress.step;
  }
}
