import { isArray } from '../builtins.js';

/** Tables of apache-arrow, of any version: nothing of it is needed but this. */

/** A column of apache-arrow. */
export interface ColumnVector {
  readonly length: number;
  /** The value of a row, from 0. */
  get(index: number): unknown;
}

export interface ArrowTable {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly ArrowField[] };
  /** The column of a name; null where there is none. */
  getChild(name: string): ColumnVector | null;
}

export interface ArrowField {
  readonly name: string;
  /** What its values are, as the format of Arrow numbers the types. */
  readonly type?: { readonly typeId?: number };
}

export function isArrow(input: object): input is ArrowTable {
  const { numRows, getChild, schema } = input as Partial<ArrowTable>;
  return typeof numRows === 'number' && typeof getChild === 'function' && isArray(schema?.fields);
}

/** Types in the format of Arrow whose values are numbers of another meaning, or no numbers, in JavaScript. */
const decimalType = 7;
const dateType = 8;
const timestampType = 10;

/** Makes what a value stands for of what a column of a field gives; nothing has to be done for most. */
export function arrowValue({ type }: ArrowField): (value: unknown) => unknown {
  switch (type?.typeId) {
    case dateType:
    case timestampType:
      // Milliseconds, whatever the unit is that they are kept in.
      return (value) => (typeof value === 'number' ? new Date(value) : value);
    case decimalType: {
      const { scale = 0 } = type as { readonly scale?: number };
      // A whole number that is longer than any of JavaScript.
      return (value) => (value === null ? null : Number(String(value)) / 10 ** scale);
    }
    default:
      return (value) => value;
  }
}
