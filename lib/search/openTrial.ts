import type { JsonValue } from '../model/json.js';
import type { Outcome } from './outcome.js';
import type { Space, Values } from './space.js';
import type { Direction, Parameters, Trial } from './trial.js';

/** What a trial asks of the study that it belongs to, of which it knows nothing more. */
interface TrialRecorder<S extends Space, Ended> {
  readonly direction: Direction;
  trial(number: number): Trial;
  valuesOf(trial: Trial): Values<S>;
  report(number: number, step: number, value: number): void;
  shouldPrune(number: number): boolean;
  setAttribute(number: number, name: string, value: JsonValue): void;
  settleDirection(direction: Direction, monitor: string): void;
  tell(number: number, outcome: Outcome): Ended;
}

/**
 * A trial that runs, in the hands of whoever asked for it. Its ends are promises in a study that several
 * processes share.
 */
export class OpenTrial<S extends Space = Space, Ended = Trial> {
  readonly #study: TrialRecorder<S, Ended>;

  constructor(
    study: TrialRecorder<S, Ended>,
    readonly number: number,
  ) {
    this.#study = study;
  }

  /** Its values, nested as the space is. */
  get values(): Values<S> {
    return this.#study.valuesOf(this.record);
  }

  /** Its values by the paths of the parameters, `optimizer.learningRate` say. */
  get parameters(): Parameters {
    return this.record.parameters;
  }

  /** The trial as the study has recorded it so far. */
  get record(): Trial {
    return this.#study.trial(this.number);
  }

  /** @returns whether the pruner would stop it. */
  report(step: number, value: number): boolean {
    this.#study.report(this.number, step, value);
    return this.#study.shouldPrune(this.number);
  }

  /** Keeps a value with the trial: see `Study.setAttribute`. */
  setAttribute(name: string, value: JsonValue): void {
    this.#study.setAttribute(this.number, name, value);
  }

  /** Whether the study minimises or maximises. */
  get direction(): Direction {
    return this.#study.direction;
  }

  /** @internal See `Study.settleDirection`. */
  settleDirection(direction: Direction, monitor: string): void {
    this.#study.settleDirection(direction, monitor);
  }

  /** Whether the pruner would stop it, given its last report. */
  shouldPrune(): boolean {
    return this.#study.shouldPrune(this.number);
  }

  /** Ends the trial with its value. */
  complete(value: number): Ended {
    return this.#study.tell(this.number, { state: 'complete', value });
  }

  /** Ends it as stopped early. */
  prune(): Ended {
    return this.#study.tell(this.number, { state: 'pruned' });
  }

  /** Ends it with the error that stopped it. */
  fail(error: unknown): Ended {
    return this.#study.tell(this.number, { state: 'failed', error });
  }
}
