import type { NativeNonFinite, NativeReport, NativeRunShape, NativeStatistics } from '../native.js';
import { EpochColumns } from './epochColumns.js';
import { TrainingLog } from './eventLog.js';
import type { EpochResult } from './events.js';
import type { TrainingStatistics } from './statistics.js';
import {
  constantTargets,
  type Finding,
  LossCourse,
  lossRules,
  nonFinite,
  type Rule,
  statisticsRules,
  type TrainingWarning,
  ValidationCourse,
  validationRules,
  type WarningCode,
  warningOf,
} from './warnings.js';

/** What another process has reported of a run. */
interface ReportedBefore {
  readonly epochs: Float64Array;
  readonly statistics: readonly TrainingStatistics[];
  /** Where it first came to numbers that are not finite, and went on. */
  readonly nonFinite: NativeNonFinite | undefined;
}

/**
 * Turns what the core reports of one run into the log of its events, adds the warnings, and keeps what belongs into
 * the history.
 */
export class TrainingWatch<Metric extends string> {
  /** The events so far, but for those of progress. */
  readonly log = new TrainingLog<Metric>();
  readonly #statistics: TrainingStatistics[] = [];
  readonly #warnings: TrainingWarning[] = [];
  readonly #warned = new Set<WarningCode>();
  readonly #losses = new LossCourse();
  readonly #validation = new ValidationCourse();
  #goesBackToBest = false;
  #columns: EpochColumns<Metric> | undefined;

  get statistics(): readonly TrainingStatistics[] {
    return this.#statistics;
  }

  get warnings(): readonly TrainingWarning[] {
    return this.#warnings;
  }

  /** The results of the epochs, made anew. */
  epochResults(): EpochResult<Metric>[] {
    return this.#columns?.results() ?? [];
  }

  /** Before the first epoch: what is wrong with the data. */
  begin(targetsAreConstant: boolean): void {
    if (targetsAreConstant) this.#warn(constantTargets, constantTargets, 0);
  }

  /** Numbers of the first epochs, in the form in which `report` takes them. */
  epochNumbers(epochs: number): Float64Array {
    return this.#columns?.numbers(epochs) ?? new Float64Array(0);
  }

  /** The results of the first epochs, made anew. */
  firstResults(epochs: number): EpochResult<Metric>[] {
    return this.#columns?.results(epochs) ?? [];
  }

  /**
   * What another process has reported of the same run: all follows from it again, and nobody hears of it.
   *
   * @returns whether the numbers are of so many epochs.
   */
  resume({ epochs, statistics, nonFinite }: ReportedBefore, count: number): boolean {
    if (epochs.length !== count * (this.#columns?.width ?? 0)) return false;
    const events = statistics.map((own) => ({ type: 'statistics', ...own }) as const);
    this.report({ epochs, statistics: events, ...(nonFinite && { nonFinite }) });
    this.log.forget();
    return true;
  }

  hasWarned(code: WarningCode): boolean {
    return this.#warned.has(code);
  }

  /** Something went wrong with a file of the run. */
  warnOfFile(rule: Pick<TrainingWarning, 'code' | 'remedy'>, finding: Finding): TrainingWarning {
    return this.#warn(rule, finding, this.#columns?.length ?? 0);
  }

  /**
   * Before the first report of the core.
   *
   * @param goesBackToBest Whether the model gets the weights of its best epoch, so that later ones do no harm.
   */
  expect(shape: NativeRunShape, goesBackToBest: boolean): void {
    this.#goesBackToBest = goesBackToBest;
    this.#columns = new EpochColumns(shape);
    this.log.epochs = this.#columns;
  }

  report({ epochs, statistics, nonFinite: place }: NativeReport): void {
    const columns = this.#columns;
    if (columns === undefined) return;
    const first = columns.length;
    columns.append(epochs);
    const { losses, length } = columns;
    let next = 0;
    for (let index = first; index < length; index++) {
      if (next < statistics.length) next = this.#addStatistics(statistics, next, index + 1);
      if (place?.epoch === index + 1) this.#warnOfNonFinite(place);
      this.log.addEpoch();
      if (this.#losses.add(losses[index] as number)) {
        this.#apply(lossRules, this.#losses, index + 1);
      }
      if (!this.#goesBackToBest) this.#lookAtValidation(columns, index);
    }
    // It was in an epoch of these, or in the one behind them.
    if (place !== undefined && place.epoch > length) this.#warnOfNonFinite(place);
    this.#addStatistics(statistics, next, length + 1);
  }

  #warnOfNonFinite(place: NativeNonFinite): void {
    this.#warn(nonFinite, nonFinite.find(place), place.epoch);
  }

  #lookAtValidation(columns: EpochColumns<Metric>, index: number): void {
    const loss = columns.validationLoss(index);
    if (loss === undefined || !this.#validation.add(loss, columns.losses[index] as number)) return;
    this.#apply(validationRules, this.#validation, index + 1);
  }

  /** Those up to an epoch, from a place on; returns the place behind them. */
  #addStatistics(all: readonly NativeStatistics[], from: number, epoch: number): number {
    let next = from;
    for (; next < all.length; next++) {
      const event = all[next] as NativeStatistics;
      if (event.epoch > epoch) break;
      const { type: _, ...statistics } = event;
      this.#statistics.push(statistics);
      this.log.addAside(event);
      this.#apply(statisticsRules, this.#statistics, event.epoch);
    }
    return next;
  }

  #apply<Seen>(rules: readonly Rule<Seen>[], seen: Seen, epoch: number): void {
    for (const rule of rules) {
      if (this.#warned.has(rule.code)) continue;
      const finding = rule.find(seen);
      if (finding !== null) this.#warn(rule, finding, epoch);
    }
  }

  #warn(
    rule: Pick<TrainingWarning, 'code' | 'remedy'>,
    finding: Finding,
    epoch: number,
  ): TrainingWarning {
    const warning = warningOf(rule, finding, epoch);
    this.#warned.add(rule.code);
    this.#warnings.push(warning);
    this.log.addAside({ type: 'warning', ...warning });
    return warning;
  }
}
