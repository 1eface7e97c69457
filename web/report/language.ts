import type { ReportLanguage, Value } from '../../lib/report/reportData.js';
import { en, type Texts } from './texts/en.js';
import { ko } from './texts/ko.js';

/** Words and numbers in the language of the report. */
export interface Language {
  readonly texts: Texts;
  /** `fill('{rows} rows', { rows: 3 })`. */
  fill(text: string, values: Readonly<Record<string, string | number>>): string;
  /** With four significant digits; a dash for what is not finite. */
  number(value: Value): string;
  /** With thousands apart. */
  count(value: number): string;
  percent(share: number): string;
  cell(value: string | number | null): string;
  time(iso: string): string;
}

export function languageOf(name: ReportLanguage): Language {
  const texts = name === 'ko' ? ko : en;
  const short = new Intl.NumberFormat(name, { maximumSignificantDigits: 4 });
  const exponent = new Intl.NumberFormat(name, {
    notation: 'scientific',
    maximumSignificantDigits: 4,
  });
  const whole = new Intl.NumberFormat(name);
  const share = new Intl.NumberFormat(name, { style: 'percent', maximumFractionDigits: 1 });
  const number = (value: Value): string => {
    if (value === null) return '–';
    const size = Math.abs(value);
    const isPlain = value === 0 || (size >= 1e-4 && size < 1e9);
    return (isPlain ? short : exponent).format(value);
  };
  return {
    texts,
    number,
    fill: (text, values) =>
      text.replace(/\{(\w+)\}/g, (all, key: string) => String(values[key] ?? all)),
    count: (value) => whole.format(value),
    percent: (value) => share.format(value),
    cell: (value) => (typeof value === 'string' ? value : number(value)),
    time: (iso) =>
      new Intl.DateTimeFormat(name, { dateStyle: 'long', timeStyle: 'short' }).format(
        new Date(iso),
      ),
  };
}
