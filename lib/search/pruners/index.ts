import { hyperbandPruner } from './hyperband.js';
import { medianPruner } from './median.js';
import { noPruner } from './none.js';
import { patientPruner } from './patient.js';
import { percentilePruner } from './percentile.js';
import { successiveHalvingPruner } from './successiveHalving.js';

/** All pruners by their names. */
export const pruners = {
  none: noPruner,
  median: medianPruner,
  percentile: percentilePruner,
  successiveHalving: successiveHalvingPruner,
  hyperband: hyperbandPruner,
  patient: patientPruner,
} as const;
