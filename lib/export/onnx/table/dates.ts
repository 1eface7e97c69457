import type { DatePart } from '../../../data/dates.js';
import type { FeatureColumn } from '../../../data/tableSchema.js';
import type { Graph, Value } from '../graph.js';
import { concatenated } from '../layers.js';
import { presence, standardised } from './numbers.js';

/** Columns of dates. They go in as milliseconds since the beginning of 1970, UTC, in float64, shape (rows, 1). */

const millisecondsOfDay = 86_400_000;

export function addDate(graph: Graph, milliseconds: Value, column: FeatureColumn<'date'>): Value {
  const { mean, deviation, parts, missingIndicator } = column;
  const isPresent = presence(graph, milliseconds, []);
  const filled = graph.node('Where', [isPresent, milliseconds, graph.doubles([0], [1, 1])]);
  const days = graph.node('Div', [filled, graph.doubles([millisecondsOfDay])]);
  const time = graph.cast(standardised(graph, days, mean, deviation), 'float');
  const inputs = [time, ...parts.flatMap((part) => addPart(graph, days, part))];
  // A missing date is 0 in all of them.
  const values = graph.node('Where', [isPresent, concatenated(graph, inputs), graph.floats([0])]);
  if (!missingIndicator) return values;
  return concatenated(graph, [values, graph.cast(graph.node('Not', [isPresent]), 'float')]);
}

/** Sine and cosine of what comes round again. */
function addPart(graph: Graph, days: Value, part: DatePart): readonly Value[] {
  const share = partsOf[part](new Calendar(graph), days);
  const turn = graph.node('Mul', [share, graph.doubles([2 * Math.PI])]);
  // Of turns below one, single precision tells enough; runtimes have sines of double precision, but no cosines.
  const angle = graph.cast(turn, 'float');
  return [graph.node('Sin', [angle]), graph.node('Cos', [angle])];
}

const partsOf: Readonly<Record<DatePart, (calendar: Calendar, days: Value) => Value>> = {
  hour: (calendar, days) => calendar.minus(days, calendar.floor(days)),
  // The first day of 1970 was a Thursday, the fourth of the days from Monday.
  weekday: (calendar, days) =>
    calendar.over(calendar.rest(calendar.plus(calendar.floor(days), 3), 7), 7),
  month: (calendar, days) => calendar.over(calendar.month(calendar.floor(days)), 12),
};

/** Whole numbers in double precision, and what the Gregorian calendar makes of them. */
class Calendar {
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  floor(x: Value): Value {
    return this.#graph.node('Floor', [x]);
  }

  minus(x: Value, y: Value): Value {
    return this.#graph.node('Sub', [x, y]);
  }

  plus(x: Value, number: number): Value {
    return this.#graph.node('Add', [x, this.#graph.doubles([number])]);
  }

  times(x: Value, number: number): Value {
    return this.#graph.node('Mul', [x, this.#graph.doubles([number])]);
  }

  over(x: Value, number: number): Value {
    return this.#graph.node('Div', [x, this.#graph.doubles([number])]);
  }

  /** How many times a number goes into x, which may be below 0. */
  wholes(x: Value, number: number): Value {
    return this.floor(this.over(x, number));
  }

  /** What is left then, 0 or more. */
  rest(x: Value, number: number): Value {
    return this.minus(x, this.times(this.wholes(x, number), number));
  }

  /**
   * The month of a day, from 0, by years that begin in March, so that the day of leap years is their last one (Howard
   * Hinnant, "chrono-compatible low-level date algorithms").
   */
  month(day: Value): Value {
    const graph = this.#graph;
    const ofEra = this.rest(this.plus(day, daysBefore1970), daysOfEra);
    const year = this.#yearOfEra(ofEra);
    const leapDays = this.minus(this.wholes(year, 4), this.wholes(year, 100));
    const yearBegins = graph.node('Add', [this.times(year, 365), leapDays]);
    const ofYear = this.minus(ofEra, yearBegins);
    const fromMarch = this.wholes(this.plus(this.times(ofYear, 5), 2), 153);
    return this.rest(this.plus(fromMarch, 2), 12);
  }

  #yearOfEra(day: Value): Value {
    const graph = this.#graph;
    const withoutDays = this.minus(day, this.wholes(day, 1460));
    const withCenturies = graph.node('Add', [withoutDays, this.wholes(day, 36_524)]);
    return this.wholes(this.minus(withCenturies, this.wholes(day, 146_096)), 365);
  }
}

/** From the first of March of the year 0. */
const daysBefore1970 = 719_468;
/** Of 400 years. */
const daysOfEra = 146_097;
