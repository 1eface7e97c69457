import { StateError } from '../errors.js';
import type { DetectorRecord } from '../model/detectorRecord.js';
import type { Engine } from '../model/engine.js';
import type { InputColumn } from '../model/inputColumns.js';
import { changedSince } from '../model/residualDetector.js';
import { Detector } from './detector.js';

/** The detector of a model. It belongs to the weights that it was made for: the errors of others say nothing. */
export class KeptDetector {
  readonly #engine: Engine;
  readonly #columns: () => readonly InputColumn[];
  /** The detector, and the count of changes of the weights that it was made for. */
  #kept: { readonly detector: Detector; readonly changes: number } | undefined;

  /** @param columns those that the model has when it is asked */
  constructor(engine: Engine, columns: () => readonly InputColumn[]) {
    this.#engine = engine;
    this.#columns = columns;
  }

  /** The detector; null where there is none, and once the weights have changed. */
  get current(): Detector | null {
    const kept = this.#kept;
    return kept?.changes === this.#engine.changes ? kept.detector : null;
  }

  /** @param changes those of the weights when the detector was begun */
  keep(record: DetectorRecord, changes = this.#engine.changes): Detector {
    const engine = this.#engine;
    const current = (): Engine => {
      if (engine.changes === changes) return engine;
      throw changedSince();
    };
    const detector = new Detector(record, {
      columns: this.#columns,
      range: (path) => current().range(path),
      whole: () => current().whole(),
    });
    this.#kept = { detector, changes };
    return detector;
  }

  /**
   * The detector, for what cannot do without.
   *
   * @throws StateError
   */
  required(path: string): Detector {
    if (this.current !== null) return this.current;
    if (this.#kept !== undefined) throw changedSince();
    throw new StateError({
      path,
      expected: 'a model with a detector',
      received: 'one without',
      remedy: makeOne,
    });
  }

  /** Drops a detector that judges by columns, where these take other inputs now. */
  columnsChanged(before: readonly InputColumn[], after: readonly InputColumn[]): void {
    // Mean squared errors know nothing of columns.
    if (this.#kept?.detector.errors === 'squared') return;
    if (!takeSameInputs(before, after)) this.#kept = undefined;
  }
}

const makeOne =
  "Make one: await model.detector(rows, { method: 'contamination', contamination: 0.01 }).";

function takeSameInputs(before: readonly InputColumn[], after: readonly InputColumn[]): boolean {
  return (
    before.length === after.length &&
    before.every(
      ({ inputs, missing }, index) =>
        inputs === after[index]?.inputs && missing === after[index]?.missing,
    )
  );
}
