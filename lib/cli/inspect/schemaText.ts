import { listOf } from '../../checks.js';
import { formatDate } from '../../data/dates.js';
import type { IdxSchema } from '../../data/idxSchema.js';
import type {
  ColumnType,
  FeatureColumn,
  TableSchema,
  TargetColumn,
} from '../../data/tableSchema.js';
import { formatBeside, formatNumber } from '../../terminal/style.js';
import type { Row } from './sections.js';

/** How columns and images become inputs, for people. */

export function schemaRows(schema: TableSchema | IdxSchema): readonly Row[] {
  if (schema.kind === 'idx') {
    return [
      ['items', `${schema.shape.join(' x ')} values of type ${schema.valueType}`],
      ['inputs', scalingText(schema)],
      ['classes', schema.classes?.join(', ') ?? 'none'],
    ];
  }
  return [
    ...schema.columns.map((column): Row => [column.name, describeColumn(column)]),
    ...(schema.target ? [[schema.target.name, describeTarget(schema.target)] as const] : []),
  ];
}

function scalingText({ scale, offset, center }: IdxSchema): string {
  if (center !== undefined) {
    return `(value - ${formatBeside(center, 1 / scale)}) x ${formatNumber(scale)}`;
  }
  return `value x ${formatNumber(scale)} + ${formatNumber(offset)}`;
}

const mostNamesShown = 12;

const describers: {
  readonly [Type in ColumnType]: (column: FeatureColumn<Type>) => string;
} = {
  number({ mean, deviation, missingIndicator, scaling }) {
    const scaled = scaling === undefined ? '' : `, scaling ${scaling.type}`;
    const text = `number, mean ${formatBeside(mean, deviation)}, deviation ${formatNumber(deviation)}${scaled}`;
    return missingIndicator ? `${text}, may be missing` : text;
  },
  date({ mean, deviation, format, hasTime, parts, missingIndicator }) {
    const text = `date, ${format}, mean ${formatDate(mean, format, hasTime)}, deviation ${formatNumber(deviation)} days`;
    const inputs = parts.length > 0 ? `${text}, with ${listOf(parts)}` : text;
    return missingIndicator ? `${inputs}, may be missing` : inputs;
  },
  embedded: ({ categories }) =>
    `index of one of ${categories.length} texts, or unknown: ${namesText(categories)}`,
  text: ({ categories, others, missingCategory }) =>
    `text: ${namesText(categories)}${others ? ', or another' : ''}${missingCategory ? ', or missing' : ''}`,
  boolean: ({ words: [no, yes], missingIndicator }) =>
    `boolean: ${no} is 0, ${yes} is 1${missingIndicator ? ', may be missing' : ''}`,
};

function describeColumn<Type extends ColumnType>(column: FeatureColumn<Type>): string {
  return describers[column.type](column);
}

function describeTarget(target: TargetColumn): string {
  if (target.type === 'classes') return `target, classes: ${namesText(target.classes)}`;
  const { mean, deviation } = target;
  return `target, mean ${formatBeside(mean, deviation)}, deviation ${formatNumber(deviation)}`;
}

function namesText(names: readonly string[]): string {
  const more = names.length - mostNamesShown;
  return `${names.slice(0, mostNamesShown).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
