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
import { type CurvePoint, curveOf } from './curve.js';
import { definePruner } from './definition.js';
import { isDue, type PrunerTiming, resolveTiming, timingKeys } from './timing.js';

export interface PatientPrunerOptions extends PrunerTiming {
  /** Steps without progress after which a trial may be stopped. Default 10, 1 or more. */
  readonly patience?: number | undefined;
  /** By how much a value has to be better than the best before to count as progress. Default 0. */
  readonly minDelta?: number | undefined;
  /** Has to agree. Default: nobody has to. */
  readonly pruner?: Pruner | undefined;
}

/**
 * Stops a trial that has made no progress for some steps; with another pruner, only if that one would
 * stop it as well: a bad trial that still gets better goes on. A wrapped pruner that judges at some
 * steps only (`successiveHalvingPruner` at its rungs) is heard at those only.
 *
 * Default of `startupTrials`: 0.
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
  return definePruner('patient', shown, (context, { step }) => {
    if (!isDue(context, timing)) return false;
    const progress = stepOfProgress(curveOf(context.trial, context.direction), minDelta);
    return step - progress >= patience && (pruner === undefined || verdictOf(pruner, context));
  });
}

/** The last step whose loss was better than all before. */
function stepOfProgress(curve: readonly CurvePoint[], minDelta: number): number {
  let best = Infinity;
  let progress = Infinity;
  for (const { step, loss } of curve) {
    // The first one counts in any case.
    if (best !== Infinity && loss >= best - minDelta) continue;
    best = loss;
    progress = step;
  }
  return progress;
}
