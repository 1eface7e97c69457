import { describeValue, listOf, remedyFor } from '../checks.js';
import { ArgumentError } from '../errors.js';

/** What is there to judge the epochs of a run by. */
export interface Monitored {
  /** Names of the metrics that are measured. */
  readonly metrics: readonly string[];
  /** Whether there are rows for validation. */
  readonly validates: boolean;
}

/**
 * The name of what an option monitors; undefined when it is not given.
 *
 * @throws ArgumentError when it is not measured.
 */
export function monitorOption(
  value: unknown,
  path: string,
  { metrics, validates }: Monitored,
): string | undefined {
  if (value === undefined) return undefined;
  const names = ['loss', ...metrics];
  const ofValidation = names.map((name) => `validation.${name}`);
  const known = validates ? [...names, ...ofValidation] : names;
  if (typeof value === 'string' && known.includes(value)) return value;
  const lacksValidation = typeof value === 'string' && ofValidation.includes(value);
  throw new ArgumentError({
    path,
    expected: `${listOf(known, 'or')}${validates ? '' : ', as there is no validation'}`,
    received: describeValue(value),
    remedy: lacksValidation
      ? 'Give the option validation, 0.1 say, or monitor the training.'
      : (typeof value === 'string' && remedyFor(value, known)) ||
        'Name the metric in the option metrics too.',
  });
}
