import type { SchemaElement } from 'hyparquet';
import type { Cell } from '../../cells.js';
import { parseDate } from '../../dates.js';
import type { DecimalType, FieldType, TimestampType } from '../../fieldTypes.js';
import type { WrittenColumn } from '../tableWriter.js';

/** How a column of a table is stored in a Parquet file. */
export interface StoredColumn {
  readonly element: SchemaElement;
  /** The value of a cell that is not missing; null for what is none of the type. */
  readonly storedOf: (cell: Exclude<Cell, null>) => unknown;
}

type Stored = Pick<StoredColumn, 'storedOf'> & { readonly element: Omit<SchemaElement, 'name'> };

export function storedColumn({ name, type }: WrittenColumn): StoredColumn {
  const { element, storedOf } = stored(type);
  return { element: { ...element, name, repetition_type: 'OPTIONAL' }, storedOf };
}

function stored(type: FieldType | undefined): Stored {
  switch (type) {
    case 'number':
      return { element: { type: 'DOUBLE' }, storedOf: numberOf };
    case 'integer':
      return { element: { type: 'INT64' }, storedOf: wholeOf };
    case 'boolean':
      return { element: { type: 'BOOLEAN' }, storedOf: (cell) => cell === 'true' };
    case 'date':
      return {
        element: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
        storedOf: daysOf,
      };
    default:
      if (typeof type !== 'object' || type.type === 'unreadable') return text;
      return type.type === 'timestamp' ? timestamp(type) : decimal(type);
  }
}

const text: Stored = {
  element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  storedOf: String,
};

function numberOf(cell: string | number): number | null {
  const number = Number(cell);
  return cell === '' || Number.isNaN(number) ? null : number;
}

function wholeOf(cell: string | number): bigint | null {
  return /^-?\d+$/.test(String(cell)) ? BigInt(cell) : null;
}

function daysOf(cell: string | number): number | null {
  const days = parseDate(String(cell), 'YYYY-MM-DD');
  return Number.isNaN(days) ? null : Math.floor(days);
}

const digitsOf = { MILLIS: 3, MICROS: 6, NANOS: 9 } as const;

function timestamp({ unit, isUtc }: TimestampType): Stored {
  const digits = digitsOf[unit];
  return {
    element: {
      type: 'INT64',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: isUtc, unit },
      ...(isUtc && unit !== 'NANOS' && { converted_type: `TIMESTAMP_${unit}` as const }),
    },
    storedOf(cell) {
      const [whole = '', fraction = ''] = String(cell).replace(/Z$/, '').split('.');
      const milliseconds = Date.parse(`${whole}Z`);
      if (Number.isNaN(milliseconds)) return null;
      const seconds = BigInt(milliseconds / 1000) * 10n ** BigInt(digits);
      return seconds + BigInt(fraction.slice(0, digits).padEnd(digits, '0'));
    },
  };
}

/** Digits that 64 bits hold. */
const digitsOf64 = 18;

function decimal({ precision, scale }: DecimalType): Stored {
  const logical = { type: 'DECIMAL', precision, scale } as const;
  const shared = { converted_type: 'DECIMAL', logical_type: logical, precision, scale } as const;
  return {
    element:
      precision <= digitsOf64
        ? { ...shared, type: 'INT64' }
        : { ...shared, type: 'FIXED_LEN_BYTE_ARRAY', type_length: precision <= 38 ? 16 : 32 },
    storedOf(cell) {
      const [, sign = '', whole = '', fraction = ''] =
        /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(cell)) ?? [];
      if (whole === '' || fraction.length > scale) return null;
      return BigInt(`${sign}${whole}${fraction.padEnd(scale, '0')}`);
    },
  };
}
