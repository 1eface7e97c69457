import path from 'node:path';
import type { Card } from '../cards.js';
import { writeCaseData } from './caseData.js';
import type { DriverRow } from './drivers.js';
import type { NativeProbe, Precision } from './nativeProbe.js';

export interface Settings {
  readonly quick: boolean;
  /** Measurements of each figure; the report gives their median. */
  readonly rounds: number;
  readonly roundSeconds: number;
  /** The most that the rounds of one driver may take on one case; slower ones are measured less often. */
  readonly caseSeconds: number;
  readonly threads: readonly number[];
  readonly cards: readonly Card[];
  readonly drivers: readonly DriverRow[];
  readonly parts: readonly string[];
}

/** What the parts of the suite share. */
export class Context {
  readonly settings: Settings;
  /** The instruction set that layerwise uses here. */
  readonly instructionSet: string;
  readonly #probe: NativeProbe | undefined;
  readonly #directory: string;
  readonly #written = new Set<string>();
  readonly #peaks = new Map<string, number[]>();

  constructor(
    settings: Settings,
    instructionSet: string,
    probe: NativeProbe | undefined,
    directory: string,
  ) {
    this.settings = settings;
    this.instructionSet = instructionSet;
    this.#probe = probe;
    this.#directory = directory;
  }

  get probe(): NativeProbe | undefined {
    return this.#probe;
  }

  /** All measurements of the peak so far, by `set precision threads`. */
  get peaks(): ReadonlyMap<string, readonly number[]> {
    return this.#peaks;
  }

  /**
   * Runs something between two measurements of the peak and gives the higher one: a ceiling that was
   * measured while something else disturbed it would flatter. Null without a compiler.
   */
  async withPeak<T>(
    precision: Precision,
    threads: number,
    run: () => Promise<T>,
  ): Promise<[result: T, peak: number | null]> {
    const before = await this.peak(precision, threads);
    const result = await run();
    const after = await this.peak(precision, threads);
    return [result, before === null || after === null ? null : Math.max(before, after)];
  }

  /** Measures the peak now; null without a compiler. */
  async peak(precision: Precision, threads: number): Promise<number | null> {
    if (this.#probe === undefined) return null;
    const peak = await this.#probe.peak(this.instructionSet, precision, threads, 0.03);
    if (peak === 0) return null;
    const key = `${this.instructionSet} ${precision} ${threads}`;
    this.#peaks.set(key, [...(this.#peaks.get(key) ?? []), peak]);
    return peak;
  }

  /** The folder with the data of a card. */
  dataOf(card: Card): string {
    const directory = path.join(this.#directory, card.name);
    if (!this.#written.has(card.name)) writeCaseData(card, directory);
    this.#written.add(card.name);
    return directory;
  }

  /** Tells how far the run is. */
  log(line: string): void {
    console.log(line);
  }
}
