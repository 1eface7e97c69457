/**
 * What a file with types says that a column holds. Cells of all types are numbers or texts: whole numbers beyond 2^53 and
 * decimals are written out, booleans are `true` and `false`, dates and instants are as ISO 8601 has them.
 */
export type FieldType =
  | 'text'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'date'
  | TimestampType
  | DecimalType
  | UnreadableType;

/** An instant, or a date and a time of day somewhere. */
export interface TimestampType {
  readonly type: 'timestamp';
  readonly unit: 'MILLIS' | 'MICROS' | 'NANOS';
  /** Whether it is an instant: the texts end with Z. */
  readonly isUtc: boolean;
}

export interface DecimalType {
  readonly type: 'decimal';
  /** Digits at most. */
  readonly precision: number;
  /** Digits behind the point. */
  readonly scale: number;
}

/** What no cell holds: lists, structures, bytes. */
export interface UnreadableType {
  readonly type: 'unreadable';
  /** In words: `a list`. */
  readonly what: string;
}

export function isUnreadable(type: FieldType | undefined): type is UnreadableType {
  return typeof type === 'object' && type.type === 'unreadable';
}
