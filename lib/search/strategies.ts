import { immediate, isPromise } from '../builtins.js';
import { describeValue, requireObject } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { jsonCopy } from '../model/json.js';
import type { Pruner, PrunerContext } from './pruner.js';
import type { Sampler, SamplerContext } from './sampler.js';
import type { Parameters } from './trial.js';

/** Samplers and pruners may be anybody's: what they are and what they answer is checked here. */

/** @throws ArgumentError */
export function requireSampler(value: unknown, path: string): Sampler {
  return requireStrategy<Sampler>(value, path, { method: 'suggest', example: 'tpeSampler()' });
}

/** @throws ArgumentError */
export function requirePruner(value: unknown, path: string): Pruner {
  return requireStrategy<Pruner>(value, path, { method: 'shouldPrune', example: 'medianPruner()' });
}

interface Strategy {
  readonly name: string;
  readonly options: object;
}

function requireStrategy<Kind extends Strategy>(
  value: unknown,
  path: string,
  { method, example }: { readonly method: keyof Kind & string; readonly example: string },
): Kind {
  const strategy = (typeof value === 'object' && value !== null ? value : {}) as Partial<Kind>;
  if (typeof strategy[method] !== 'function') {
    const hint = typeof value === 'function' ? 'Call the function' : 'Build one with a function';
    throw new ArgumentError({
      path,
      expected: `an object with the method ${method}`,
      received: describeValue(value),
      remedy: `${hint}, as in \`${path}: ${example}\`.`,
    });
  }
  if (typeof strategy.name !== 'string') {
    const received = describeValue(strategy.name);
    throw new ArgumentError({ path: `${path}.name`, expected: 'a text', received });
  }
  // The journal notes them down.
  jsonCopy(requireObject(strategy.options, `${path}.options`), `${path}.options`);
  return strategy as Kind;
}

/**
 * What a sampler suggests, or null when it has nothing left.
 *
 * @throws ArgumentError for what is not in the space; what the sampler throws.
 */
export function suggestionOf(sampler: Sampler, context: SamplerContext): Parameters | null {
  const suggestion: unknown = sampler.suggest(context);
  if (suggestion === null) return null;
  const path = 'sampler.suggest';
  const from = `from the sampler '${sampler.name}'`;
  try {
    return context.space.check(requireObject(immediate(suggestion), path) as Parameters, path);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const { path: place, expected, received, remedy } = error;
    throw new ArgumentError(
      { path: place, expected, received: `${received} ${from}`, remedy },
      { cause: error },
    );
  }
}

/**
 * Whether a pruner would stop a trial.
 *
 * @throws ArgumentError for an answer that is neither true nor false; what the pruner throws.
 */
export function verdictOf(pruner: Pruner, context: PrunerContext): boolean {
  const verdict: unknown = immediate(pruner.shouldPrune(context));
  if (typeof verdict === 'boolean') return verdict;
  throw new ArgumentError({
    path: 'pruner.shouldPrune',
    expected: 'true or false',
    received: `${describeValue(verdict)} from the pruner '${pruner.name}'`,
    remedy: isPromise(verdict) ? 'It cannot be an async function.' : undefined,
  });
}
