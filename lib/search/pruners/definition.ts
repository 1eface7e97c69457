import { isArray } from '../../builtins.js';
import { describeValue, requireObject } from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import type { JsonObject } from '../../model/json.js';
import type { Pruner, PrunerContext } from '../pruner.js';
import type { Report } from '../trial.js';
import { isTrial } from '../trialCheck.js';

/** A pruner that stops what has become NaN or infinite, whatever else it looks at. */
export function definePruner(
  name: string,
  options: JsonObject,
  decide: (context: PrunerContext, last: Report) => boolean,
): Pruner {
  return {
    name,
    options: Object.freeze(options),
    shouldPrune(context) {
      requireContext(context);
      const last = context.trial.reports.at(-1);
      if (last === undefined) return false;
      return last.value === null || decide(context, last);
    },
  };
}

/** The other trials are not looked at one by one: this is asked after each report. */
function requireContext(context: unknown): void {
  const { trial, trials } = requireObject(context, 'context');
  const isContext = isTrial(trial) && isArray(trials);
  if (isContext) return;
  throw new ArgumentError({
    path: 'context',
    expected: 'a trial, and all trials of its study',
    received: describeValue(context),
  });
}
