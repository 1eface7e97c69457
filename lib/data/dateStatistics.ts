import {
  type DateFormat,
  type DatePart,
  dateParts,
  formatsLike,
  parseDate,
  partOf,
} from './dates.js';
import { RunningMoments } from './runningMoments.js';

/** What the texts of a column are, read as dates. */

/** In one format. */
export class DateReading {
  readonly format: DateFormat;
  /** Of days since the beginning of 1970. */
  readonly moments = new RunningMoments();
  /** Whether any has a time of day that is not midnight. */
  hasTime = false;
  readonly #first = new Map<DatePart, number>();
  readonly #varying = new Set<DatePart>();

  constructor(format: DateFormat) {
    this.format = format;
  }

  /** Those that are not the same in all rows. */
  get parts(): readonly DatePart[] {
    return dateParts.filter((part) => this.#varying.has(part));
  }

  add(days: number): void {
    this.moments.add(days);
    if (days !== Math.floor(days)) this.hasTime = true;
    if (this.#varying.size === dateParts.length) return;
    for (const part of dateParts) {
      const value = partOf(days, part);
      const first = this.#first.get(part);
      if (first === undefined) this.#first.set(part, value);
      else if (first !== value) this.#varying.add(part);
    }
  }
}

/** In all formats that they might have. */
export class DateStatistics {
  readonly #readings = new Map<DateFormat, DateReading>();

  add(text: string): void {
    for (const format of formatsLike(text)) {
      const days = parseDate(text, format);
      if (Number.isNaN(days)) continue;
      const reading = this.#readings.get(format) ?? new DateReading(format);
      this.#readings.set(format, reading);
      reading.add(days);
    }
  }

  in(format: DateFormat): DateReading | undefined {
    return this.#readings.get(format);
  }

  /** The formats in which so many of the texts are dates: two where it is open whether month or day comes first. */
  formatsOf(count: number): readonly DateFormat[] {
    const readings = [...this.#readings.values()];
    return readings.filter(({ moments }) => moments.count === count).map(({ format }) => format);
  }
}
