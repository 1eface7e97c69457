import { hyperbandPruner } from './hyperband.js';
import { medianPruner } from './median.js';
import { noPruner } from './none.js';
import { patientPruner } from './patient.js';
import { percentilePruner } from './percentile.js';
import { successiveHalvingPruner } from './successiveHalving.js';

/** All pruners by their names. */
export const pruners = {
  /** Lets every trial run to its end. */
  none: noPruner,
  /** Stops what is worse than the median of the complete trials at the same step. */
  median: medianPruner,
  /** Stops all but the best share of trials at the same step. */
  percentile: percentilePruner,
  /** Lets the best share of trials go on, at steps that are further and further apart. */
  successiveHalving: successiveHalvingPruner,
  /** Several successive halvings side by side, from eager to patient. */
  hyperband: hyperbandPruner,
  /** Stops what has made no progress for some steps. */
  patient: patientPruner,
} as const;
