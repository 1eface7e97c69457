/** Dates as tables have them: how they are written, what instant they mean, and how that is written again. */

/** By the order of year, month and day, and what stands between them. */
export type DateFormat = 'YYYY-MM-DD' | 'DD.MM.YYYY' | 'MM/DD/YYYY' | 'DD/MM/YYYY';

export const dateFormats: readonly DateFormat[] = [
  'YYYY-MM-DD',
  'DD.MM.YYYY',
  'MM/DD/YYYY',
  'DD/MM/YYYY',
];

const secondsOfDay = 86_400;

const time =
  '(?:(?:[T ]|, )(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2}(?:[.,]\\d+)?))?(?: ?(?<zone>Z|[+-]\\d{2}(?::?\\d{2})?))?)?';

const patterns: { readonly [Format in DateFormat]: RegExp } = {
  'YYYY-MM-DD': pattern('(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})'),
  'DD.MM.YYYY': pattern('(?<day>\\d{1,2})\\.(?<month>\\d{1,2})\\.(?<year>\\d{4})'),
  'MM/DD/YYYY': pattern('(?<month>\\d{1,2})/(?<day>\\d{1,2})/(?<year>\\d{4})'),
  'DD/MM/YYYY': pattern('(?<day>\\d{1,2})/(?<month>\\d{1,2})/(?<year>\\d{4})'),
};

function pattern(date: string): RegExp {
  return new RegExp(`^${date}${time}$`, 'i');
}

/** The formats in which a text may be written; none for what cannot be a date, which most texts show at once. */
export function formatsLike(text: string): readonly DateFormat[] {
  const { length } = text;
  if (length < 8 || length > mostCharacters || !isDigit(text.charCodeAt(0))) return none;
  if (text.charCodeAt(4) === 0x2d) return withYearFirst;
  const separator = text.charCodeAt(isDigit(text.charCodeAt(1)) ? 2 : 1);
  if (separator === 0x2e) return withDots;
  return separator === 0x2f ? withSlashes : none;
}

const mostCharacters = 40;
const none: readonly DateFormat[] = [];
const withYearFirst: readonly DateFormat[] = ['YYYY-MM-DD'];
const withDots: readonly DateFormat[] = ['DD.MM.YYYY'];
const withSlashes: readonly DateFormat[] = ['MM/DD/YYYY', 'DD/MM/YYYY'];

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/**
 * The instant that a clean text means, in days since the beginning of 1970, UTC, which is taken for the zone where none
 * is written. NaN for what is no date: the 30th of February, say.
 */
export function parseDate(text: string, format: DateFormat): number {
  const groups = patterns[format].exec(text)?.groups;
  if (groups === undefined) return Number.NaN;
  const { year, month, day, hour = '0', minute = '0', second = '0', zone } = groups;
  const days = daysOf(Number(year), Number(month), Number(day));
  const seconds = secondsOf(Number(hour), Number(minute), Number(second.replace(',', '.')));
  return days + (seconds - offsetOf(zone)) / secondsOfDay;
}

/** NaN where the month has no such day. */
function daysOf(year: number, month: number, day: number): number {
  // Date.UTC would take years below 100 for those of the last century.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isSame = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isSame ? date.getTime() / 1000 / secondsOfDay : Number.NaN;
}

function secondsOf(hour: number, minute: number, second: number): number {
  return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : Number.NaN;
}

/** How many seconds the clocks of a zone are ahead. */
function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone.length === 1) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours >= 24 || minutes >= 60) return Number.NaN;
  return (zone.startsWith('-') ? -60 : 60) * (hours * 60 + minutes);
}

/** What comes round again. */
export const dateParts = ['month', 'weekday', 'hour'] as const;
export type DatePart = (typeof dateParts)[number];

/** How far a date is in a year, by months, in a week, by days, or in a day: from 0 to 1, without 1. */
export function partOf(days: number, part: DatePart): number {
  const day = Math.floor(days);
  if (part === 'hour') return days - day;
  // The first day of 1970 was a Thursday, the fourth of the days from Monday.
  if (part === 'weekday') return ((((day + 3) % 7) + 7) % 7) / 7;
  return new Date(day * secondsOfDay * 1000).getUTCMonth() / 12;
}

/**
 * A date as it is written, in UTC.
 *
 * @param hasTime whether the time of day is told; the nearest day is, otherwise
 */
export function formatDate(days: number, format: DateFormat, hasTime: boolean): string | null {
  const seconds = hasTime ? Math.round(days * secondsOfDay) : Math.round(days) * secondsOfDay;
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = format
    .replace('YYYY', String(date.getUTCFullYear()).padStart(4, '0'))
    .replace('MM', two(date.getUTCMonth() + 1))
    .replace('DD', two(date.getUTCDate()));
  if (!hasTime) return day;
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  return `${day} ${clock.map(two).join(':')}`;
}
