import type { NativeEvent, NativeStatistics } from '../native.js';
import type { TrainingEvent } from './events.js';
import type { TrainingStatistics } from './statistics.js';
import {
  constantTargets,
  type Finding,
  type Losses,
  lossRules,
  type Rule,
  statisticsRules,
  type TrainingWarning,
  type WarningCode,
  warningOf,
  withEpoch,
} from './warnings.js';

type Event<Metric extends string> = TrainingEvent<Metric>;

/**
 * Turns what the core reports of one run into events, adds the warnings, and keeps what belongs into the
 * history.
 */
export class TrainingWatch<Metric extends string> {
  readonly #statistics: TrainingStatistics[] = [];
  readonly #warnings: TrainingWarning[] = [];
  readonly #warned = new Set<WarningCode>();
  #losses: Losses | undefined;

  get statistics(): readonly TrainingStatistics[] {
    return this.#statistics;
  }

  get warnings(): readonly TrainingWarning[] {
    return this.#warnings;
  }

  /** Before the first epoch: what is wrong with the data. */
  begin(targetsAreConstant: boolean): Event<Metric>[] {
    return targetsAreConstant ? this.#warn(constantTargets, constantTargets, 0) : [];
  }

  eventsOf(reported: readonly NativeEvent[]): Event<Metric>[] {
    return reported.flatMap((event) => {
      if (event.type === 'statistics') return this.#afterStatistics(event);
      // The core measures exactly the metrics that it was asked for.
      const told = event as Event<Metric>;
      if (told.type !== 'epoch') return [told];
      this.#losses = withEpoch(this.#losses, told);
      return [told, ...this.#apply(lossRules, this.#losses, told.epoch)];
    });
  }

  #afterStatistics({ type, ...statistics }: NativeStatistics): Event<Metric>[] {
    this.#statistics.push(statistics);
    const warnings = this.#apply(statisticsRules, this.#statistics, statistics.epoch);
    return [{ type, ...statistics }, ...warnings];
  }

  #apply<Seen>(rules: readonly Rule<Seen>[], seen: Seen, epoch: number): Event<Metric>[] {
    return rules.flatMap((rule) => {
      if (this.#warned.has(rule.code)) return [];
      const finding = rule.find(seen);
      return finding === null ? [] : this.#warn(rule, finding, epoch);
    });
  }

  #warn(
    rule: Pick<TrainingWarning, 'code' | 'remedy'>,
    finding: Finding,
    epoch: number,
  ): Event<Metric>[] {
    const warning = warningOf(rule, finding, epoch);
    this.#warned.add(rule.code);
    this.#warnings.push(warning);
    return [{ type: 'warning', ...warning }];
  }
}
