import type { Workplace } from './workplace.js';

/** One thing that has to hold for the package as it is published. */
export interface Step {
  /** For `--only NAME`: `npm-12`. */
  readonly name: string;
  /** What is proved, for `--list`. */
  readonly about: string;
  /** Whether it belongs to the part that `--quick` runs. */
  readonly quick?: true;
  /**
   * Resolves when it holds; throws an Error that says what does not, or a Skipped where this machine
   * cannot tell.
   */
  run(workplace: Workplace): Promise<void>;
}

/** Thrown by a step that cannot be tried here. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** @throws Error */
export function check(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Error(problem);
}
