import { isUtf8 } from 'node:buffer';
import type { Cell } from '../../cells.js';
import { formatDate } from '../../dates.js';
import type { FieldType } from '../../fieldTypes.js';
import type { SchemaElement } from './parquetPackages.js';

/** What a column of Parquet holds, and the cells of its values. */

export interface TypedValues {
  readonly type: FieldType;
  /** The cell of a value as it is stored: a number, a bigint, a boolean or bytes. @throws RangeError */
  readonly cellOf: (stored: never) => Cell;
}

export function typedValues(element: SchemaElement): TypedValues {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return decimals(element);
  switch (type) {
    case 'BOOLEAN':
      return of('boolean', (value: boolean) => (value ? 'true' : 'false'));
    case 'INT32':
      return int32(element);
    case 'INT64':
      return int64(element);
    case 'INT96':
      return int96;
    case 'FLOAT':
    case 'DOUBLE':
      return of('number', numberCell);
    case 'BYTE_ARRAY':
      return isText(element) ? of('text', textCell) : unreadable('bytes');
    default:
      if (logical?.type === 'UUID') return of('text', uuidText);
      if (logical?.type === 'FLOAT16') return of('number', halfNumber);
      return unreadable(converted === 'INTERVAL' ? 'intervals of time' : 'bytes');
  }
}

function of<Stored>(type: FieldType, cellOf: (stored: Stored) => Cell): TypedValues {
  return { type, cellOf };
}

export function unreadable(what: string): TypedValues {
  return of({ type: 'unreadable', what }, () => null);
}

const textTypes: readonly unknown[] = ['UTF8', 'ENUM', 'JSON', 'STRING'];

function isText({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return textTypes.includes(converted) || textTypes.includes(logical?.type);
}

function textCell(bytes: Uint8Array): Cell {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  if (text.includes('\ufffd') && !isUtf8(bytes)) throw new RangeError('a text that is no UTF-8');
  return text;
}

function numberCell(value: number): Cell {
  return Number.isNaN(value) ? null : value;
}

function int32({ converted_type: converted, logical_type: logical }: SchemaElement): TypedValues {
  if (converted === 'DATE' || logical?.type === 'DATE') return of('date', dateText);
  if (converted === 'TIME_MILLIS' || logical?.type === 'TIME') {
    return of('text', (value: number) => timeText(BigInt(value), 'MILLIS'));
  }
  const isUnsigned = converted === 'UINT_32' || isUnsignedOf(logical, 32);
  return of('integer', isUnsigned ? (value: number) => value >>> 0 : (value: number) => value);
}

function int64({ converted_type: converted, logical_type: logical }: SchemaElement): TypedValues {
  if (logical?.type === 'TIMESTAMP') {
    return timestamps(logical.unit, logical.isAdjustedToUTC);
  }
  if (converted === 'TIMESTAMP_MILLIS') return timestamps('MILLIS', true);
  if (converted === 'TIMESTAMP_MICROS') return timestamps('MICROS', true);
  if (logical?.type === 'TIME') {
    const { unit } = logical;
    return of('text', (value: bigint) => timeText(value, unit));
  }
  if (converted === 'TIME_MICROS') {
    return of('text', (value: bigint) => timeText(value, 'MICROS'));
  }
  if (converted === 'UINT_64' || isUnsignedOf(logical, 64)) {
    // Such numbers fit into no signed column of as many bits.
    const type = { type: 'decimal', precision: 20, scale: 0 } as const;
    return of(type, (value: bigint) => wholeCell(BigInt.asUintN(64, value)));
  }
  return of('integer', wholeCell);
}

function isUnsignedOf(logical: SchemaElement['logical_type'], bits: number): boolean {
  return logical?.type === 'INTEGER' && !logical.isSigned && logical.bitWidth === bits;
}

function wholeCell(value: bigint): Cell {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function dateText(days: number): Cell {
  return requireDate(formatDate(days, 'YYYY-MM-DD', false));
}

function requireDate(text: string | null): string {
  if (text === null) throw new RangeError('a date beyond those that there are');
  return text;
}

type Unit = 'MILLIS' | 'MICROS' | 'NANOS';
const perMillisecond = { MILLIS: 1n, MICROS: 1000n, NANOS: 1_000_000n } as const;
const digitsOf = { MILLIS: 3, MICROS: 6, NANOS: 9 } as const;

function timestamps(unit: Unit, isUtc: boolean): TypedValues {
  const zone = isUtc ? 'Z' : '';
  return of(
    { type: 'timestamp', unit, isUtc },
    (value: bigint) => `${instantText(value, unit)}${zone}`,
  );
}

/** 2024-02-29T12:00:00.5, without digits that say nothing. */
function instantText(value: bigint, unit: Unit): string {
  const factor = perMillisecond[unit];
  const rest = ((value % factor) + factor) % factor;
  const date = new Date(Number((value - rest) / factor));
  if (Number.isNaN(date.getTime())) throw new RangeError('an instant beyond those that there are');
  const [whole = '', milliseconds = ''] = date.toISOString().slice(0, -1).split('.');
  const fraction = `${milliseconds}${factor === 1n ? '' : String(rest).padStart(digitsOf[unit] - 3, '0')}`;
  return withFraction(whole, fraction);
}

function withFraction(whole: string, fraction: string): string {
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? whole : `${whole}.${digits}`;
}

/** A time of day. */
function timeText(value: bigint, unit: Unit): Cell {
  return instantText(value, unit).slice('1970-01-01T'.length);
}

const julianDayOf1970 = 2_440_588n;
const nanosecondsOfDay = 86_400_000_000_000n;

/** A day and the nanoseconds within it, as old writers have instants. */
const int96 = of({ type: 'timestamp', unit: 'NANOS', isUtc: false }, (value: bigint) =>
  instantText(
    ((value >> 64n) - julianDayOf1970) * nanosecondsOfDay + BigInt.asUintN(64, value),
    'NANOS',
  ),
);

function decimals(element: SchemaElement): TypedValues {
  const { type, logical_type: logical } = element;
  const own = logical?.type === 'DECIMAL' ? logical : undefined;
  const scale = own?.scale ?? element.scale ?? 0;
  const precision = own?.precision ?? element.precision ?? 38;
  const isFine = precision > 0 && precision <= 76 && scale >= 0 && scale <= precision;
  if (!isFine) return unreadable('decimals of more digits than are known');
  const field = { type: 'decimal', precision, scale } as const;
  return type === 'INT32' || type === 'INT64'
    ? of(field, (value: number | bigint) => decimalText(BigInt(value), scale))
    : of(field, (value: Uint8Array) => decimalText(bigEndian(value), scale));
}

function decimalText(unscaled: bigint, scale: number): Cell {
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const end = digits.length - scale;
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, end)}.${digits.slice(end)}`;
}

function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

function uuidText(bytes: Uint8Array): Cell {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** IEEE 754, half precision. */
function halfNumber(bytes: Uint8Array): Cell {
  const bits = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : null;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
