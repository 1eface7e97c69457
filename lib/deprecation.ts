/**
 * What is still taken and will not be for ever: names that have changed, values that were overlooked.
 * docs/versions.md lists the same codes, and says how long each of them is taken.
 */
const deprecations = {
  LAYERWISE_DEP0001:
    'The environment variable LAYERWISE_THREADS is no positive whole number, and is ignored; version 1.0 will refuse it',
  LAYERWISE_DEP0002:
    'predict of an autoencoder flags anomalies: make a detector with model.detector(rows, { method }) and use its detect; version 0.4 will have predict give what reconstruct gives',
  LAYERWISE_DEP0003:
    'calibrate and the fields of model.detector are of detectors before 0.3: model.detector(rows, { method }) makes one, and model.anomalyDetector is the one that the model has',
} as const;

export type DeprecationCode = keyof typeof deprecations;

const told = new Set<DeprecationCode>();

/**
 * Warns of a use of something deprecated: once in each thread of JavaScript, however often it is used.
 * Node prints it, or not, or throws it, as `--no-deprecation`, `--throw-deprecation` and
 * `--trace-deprecation` have it, and `process.on('warning')` hears it.
 *
 * @param detail What was used, where the code alone does not tell.
 */
export function warnDeprecated(code: DeprecationCode, detail: string): void {
  if (told.has(code)) return;
  told.add(code);
  process.emitWarning(deprecations[code], { type: 'DeprecationWarning', code, detail });
}

/** All codes, the oldest first. */
export const deprecationCodes = Object.keys(deprecations) as readonly DeprecationCode[];
