/** Metrics as plain functions over outputs and targets: what `layerwise` exports as `metrics`. */

export {
  accuracy,
  type ClassAverage,
  classesOf,
  confusionMatrix,
  f1,
  precision,
  recall,
  topKAccuracy,
} from './classification.js';
export {
  brierScore,
  type CalibrationOptions,
  calibrationError,
  logLoss,
  prAuc,
  rocAuc,
} from './probability.js';
export type { Labels, Numbers } from './reading.js';
export { meanAbsoluteError, r2, rootMeanSquaredError } from './regression.js';
