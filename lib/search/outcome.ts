import { describeValue, requireObject } from '../checks.js';
import { ArgumentError } from '../errors.js';

/** How a trial ended. A value that is not finite makes it a failed one. */
export type Outcome =
  | { readonly state: 'complete'; readonly value: number }
  | { readonly state: 'pruned' }
  | { readonly state: 'failed'; readonly error: unknown };

/** @throws ArgumentError */
export function requireOutcome(input: unknown): Outcome {
  const { state, value, error } = requireObject(input, 'outcome');
  if (state === 'pruned') return { state };
  if (state === 'failed') return { state, error };
  if (state === 'complete' && typeof value === 'number') return { state, value };
  const [path, expected, received] =
    state === 'complete'
      ? ['outcome.value', 'a number', value]
      : ['outcome.state', "'complete', 'pruned' or 'failed'", state];
  throw new ArgumentError({ path, expected, received: describeValue(received) });
}
