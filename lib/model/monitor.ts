import { describeValue, listOf, remedyFor } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { ourName } from '../foreignNames.js';
import { optionText } from '../optionText.js';

/** What is there to judge the epochs of a run by. */
export interface Monitored {
  /** Names of the metrics that are measured. */
  readonly metrics: readonly string[];
  /** Whether there are rows for validation. */
  readonly validates: boolean;
}

/**
 * The name of what an option monitors.
 *
 * @throws ArgumentError when it is not measured.
 */
export function requireMonitor(
  value: unknown,
  path: string,
  { metrics, validates }: Monitored,
): string {
  const names = ['loss', ...metrics];
  const ofValidation = names.map((name) => `validation.${name}`);
  const known = validates ? [...names, ...ofValidation] : names;
  if (typeof value === 'string' && known.includes(value)) return value;
  throw new ArgumentError({
    path,
    expected: `${listOf(known, 'or')}${validates ? '' : ', as there is no validation'}`,
    received: describeValue(value),
    remedy:
      (typeof value === 'string' && remedyOf(value, known, ofValidation)) ||
      `Name the metric in ${optionText('metrics')} too.`,
  });
}

function remedyOf(name: string, known: readonly string[], ofValidation: readonly string[]): string {
  const ours = inOurNames(name, [...known, ...ofValidation]);
  if (known.includes(ours)) return `layerwise calls this '${ours}'.`;
  if (!ofValidation.includes(ours)) return remedyFor(name, known);
  const called = ours === name ? '' : `layerwise calls this '${ours}'. `;
  return `${called}Give ${optionText('validation', 0.1)}, say, or monitor the training.`;
}

/** Keras writes `val_loss` and `val_acc`. */
function inOurNames(name: string, names: readonly string[]): string {
  const prefix = /^val_/i.test(name) ? 'validation.' : '';
  const rest = prefix === '' ? name : name.slice('val_'.length);
  const candidates = names
    .filter((own) => own.startsWith(prefix))
    .map((own) => own.slice(prefix.length));
  return `${prefix}${ourName('metric', rest, candidates) ?? rest}`;
}
