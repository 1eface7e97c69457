import { styleText } from 'node:util';
import { formatCount } from '../quantities.js';

/** Colour where a person looks on, plain text everywhere else; numbers as people read them. */

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Text in a style; a Printer colours it where somebody looks on. */
export interface Painted {
  readonly style: Style;
  readonly text: string;
}

export function painted(style: Painted['style'], text: string): Painted {
  return { style, text };
}

/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** https://no-color.org: any non-empty NO_COLOR switches colour off. */
export function painter(isTerminal: boolean, environment: Environment): (piece: Painted) => string {
  const { NO_COLOR, FORCE_COLOR } = environment;
  const forced = Boolean(FORCE_COLOR) && FORCE_COLOR !== '0';
  if (NO_COLOR || !(forced || isTerminal)) return ({ text }) => text;
  // Whether somebody looks on is known here already.
  return ({ style, text }) => styleText(style, text, { validateStream: false });
}

/** `1 row`, `2 rows`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}

/** Four significant digits; very large and very small numbers in scientific notation. */
export function formatNumber(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3);
  return size >= 1000 ? value.toFixed(1) : value.toPrecision(4);
}

/** The same with at least three digits of the spread: a mean of Unix seconds is no 1.700e+9. */
export function formatBeside(value: number, spread: number): string {
  const excess = Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(spread));
  if (!Number.isFinite(excess) || excess <= 1) return formatNumber(value);
  return String(Number(value.toPrecision(Math.min(17, 3 + excess))));
}

/** `930`, `12.3k`, `4.56M`. */
export function formatRate(perSecond: number): string {
  if (perSecond < 1000) return perSecond.toFixed(0);
  const [value, unit] = perSecond < 1e6 ? [perSecond / 1e3, 'k'] : [perSecond / 1e6, 'M'];
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)}${unit}`;
}

/** `0:07`, `12:34`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}
