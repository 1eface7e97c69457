import { type CellRules, cellRules } from '../../../data/cellRules.js';
import { missingWords } from '../../../data/missingWords.js';
import type { ColumnType, FeatureColumn, TableSchema } from '../../../data/tableSchema.js';
import type { ElementType, Graph, Value } from '../graph.js';
import { concatenated } from '../layers.js';
import { addDate } from './dates.js';
import { addNumber } from './numbers.js';
import { addBoolean, addCategories, addIndex, spellingsOf, type TextRules } from './texts.js';

/** From the columns of a table, as they are, to the inputs of a network. Each is an input of the file, shape (rows, 1). */

/**
 * Adds the columns, of which networks take their inputs.
 *
 * @returns What gives them, shape (rows, inputs of the network), in the scales of the table or of another one that differs
 * in these alone.
 */
export function addTable(graph: Graph, schema: TableSchema): (scaled: TableSchema) => Value {
  const rules = rulesOf(schema);
  const given = schema.columns.map((column) => {
    const { type, note } = ports[column.type];
    // A column may have no name; an input has to have one.
    const name = column.name || 'column';
    const value = graph.input({ name, type, sides: [1], ...(note !== undefined && { note }) });
    return { name, value };
  });
  return ({ columns }) => {
    const inputs = given.map(({ name, value }, at) =>
      graph.within(name, () => addColumn(graph, value, columns[at] as FeatureColumn, rules)),
    );
    return concatenated(graph, inputs);
  };
}

/** How the cells of all columns are read. */
interface TableRules extends TextRules {
  /** Numbers that stand for a missing value. */
  readonly missingNumbers: readonly number[];
}

function rulesOf(schema: TableSchema): TableRules {
  const { isMissing, numberOf, missingTexts } = readRules(schema);
  const numbers = (schema.missing ?? []).map(numberOf).filter(Number.isFinite);
  return { isMissing, missingTexts, missingNumbers: numbers };
}

function readRules(schema: TableSchema): CellRules & { missingTexts: readonly string[] } {
  const rules = cellRules(schema);
  const words = ['', ...(schema.missing ?? missingWords)];
  const spellings = words.flatMap((word) => [word, ...spellingsOf(word)]);
  return { ...rules, missingTexts: [...new Set(spellings)].filter(rules.isMissing) };
}

interface Input {
  readonly type: ElementType;
  readonly note?: string;
}

const text = { type: 'string' } as const;

/** What programs give for each type of column. */
const ports: Readonly<Record<ColumnType, Input>> = {
  number: { type: 'double', note: 'NaN for a missing value' },
  text,
  embedded: text,
  boolean: text,
  date: { type: 'double', note: 'milliseconds since 1970-01-01, UTC; NaN for a missing value' },
};

type AddColumn<Type extends ColumnType> = (
  graph: Graph,
  value: Value,
  column: FeatureColumn<Type>,
  rules: TableRules,
) => Value;

const adders: { readonly [Type in ColumnType]: AddColumn<Type> } = {
  number: (graph, value, column, { missingNumbers }) =>
    addNumber(graph, value, column, missingNumbers),
  text: addCategories,
  embedded: addIndex,
  boolean: addBoolean,
  date: addDate,
};

function addColumn<Type extends ColumnType>(
  graph: Graph,
  value: Value,
  column: FeatureColumn<Type>,
  rules: TableRules,
): Value {
  const add: AddColumn<Type> = adders[column.type];
  return add(graph, value, column, rules);
}
