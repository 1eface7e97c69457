import type { Cell } from '../../cells.js';
import type { FieldType } from '../../fieldTypes.js';
import { typedValues, unreadable } from './cellsOfTypes.js';
import type { SchemaElement } from './parquetPackages.js';

/** A column of a table in a Parquet file. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: FieldType;
  /** As its values are stored. */
  readonly element: SchemaElement;
  readonly isOptional: boolean;
  /** Its place among the columns of a row group, of which a nested column has several. */
  readonly leaf: number;
  /** @throws RangeError for what is stored and cannot be */
  readonly cellOf: (stored: never) => Cell;
}

/** @param schema of a file: its root, and behind each element its children */
export function columnsOf(schema: readonly SchemaElement[]): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  let leaf = 0;
  for (let at = 1; at < schema.length; ) {
    const element = schema[at] as SchemaElement;
    const end = endOfSubtree(schema, at);
    const nested = nesting(element);
    const { type, cellOf } = nested === undefined ? typedValues(element) : unreadable(nested);
    const { name } = element;
    // Damage may have taken it away.
    if (typeof name !== 'string') throw new RangeError('a column without a name');
    columns.push({
      ...{ name, type, element, leaf, cellOf },
      isOptional: element.repetition_type !== 'REQUIRED',
    });
    leaf += schema.slice(at, end).filter((each) => !hasChildren(each)).length;
    at = end;
  }
  return columns;
}

/** Where the next element stands that is not within this one. */
function endOfSubtree(schema: readonly SchemaElement[], start: number): number {
  let open = 1;
  let at = start;
  while (open > 0 && at < schema.length) {
    open += (schema[at]?.num_children ?? 0) - 1;
    at++;
  }
  if (open > 0) throw new RangeError('a schema without its end');
  return at;
}

function hasChildren({ num_children: children = 0 }: SchemaElement): boolean {
  return children > 0;
}

/** What a column is that holds more than a value in a row. */
function nesting(element: SchemaElement): string | undefined {
  const { converted_type: converted, logical_type: logical } = element;
  if (element.repetition_type === 'REPEATED' || converted === 'LIST') return 'lists';
  if (converted === 'MAP' || converted === 'MAP_KEY_VALUE') return 'maps';
  if (logical?.type === 'VARIANT') return 'values of any kind';
  if (hasChildren(element)) return 'structures';
  if (logical?.type === 'GEOMETRY' || logical?.type === 'GEOGRAPHY') return 'shapes';
  return undefined;
}
