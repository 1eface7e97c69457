import type { JsonObject } from '../../model/json.js';
import type { Pruner, PrunerContext } from '../pruner.js';
import type { Report } from '../trial.js';

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
      const last = context.trial.reports.at(-1);
      if (last === undefined) return false;
      return last.value === null || decide(context, last);
    },
  };
}
