import { listOf } from '../checks.js';
import { optionText } from '../optionText.js';
import { formatCount } from '../quantities.js';
import { columnKey } from './columnNames.js';
import { areBooleans } from './columns/boolean.js';
import type { ColumnChoice, ColumnType } from './columns/columnKinds.js';
import { fewestRowsOfCategory } from './columns/text.js';
import type { DateFormat } from './dates.js';
import type { ColumnStatistics } from './tableStatistics.js';

/** From the statistics of a column to its kind, and what the user should know of it. */

export interface ColumnRules {
  /** Whether there is nothing to predict. */
  readonly isAutoencoder: boolean;
  /** Whether the names of the columns stand in the file. */
  readonly hasHeader: boolean;
  /**
   * Beyond how many different texts a column is embedded: the network learns a vector for each; undefined where none
   * is. An autoencoder has no way to restore what is embedded.
   */
  readonly embedAbove: number | undefined;
  /** Keys of the columns that are categories, whatever they hold. */
  readonly categorical: ReadonlySet<string>;
  /** Keys of the columns that the file says are texts. */
  readonly texts: ReadonlySet<string>;
  /** Keys of the columns that are inputs, though they count the rows or never change. */
  readonly keep: ReadonlySet<string>;
  /** Most texts of a column that have an input each. */
  readonly maxCategories: number;
}

/**
 * What a column is; undefined for one that says nothing.
 *
 * @param notices sentences on it are added to these
 */
export function inferColumn(
  column: ColumnStatistics,
  rules: ColumnRules,
  notices: string[],
): ColumnChoice | undefined {
  const { isAutoencoder, hasHeader, categorical, keep } = rules;
  const { name } = column;
  const isKept = keep.has(columnKey(name));
  if (column.present === 0) {
    notices.push(`Column '${name}' is empty in every row: left out.`);
    return undefined;
  }
  // A constant says nothing about a target, but to an autoencoder a change of it is an anomaly.
  if (isConstant(column) && !isAutoencoder && !isKept) {
    notices.push(`Column '${name}' has the same value in every row: left out.`);
    return undefined;
  }
  if (categorical.has(columnKey(name))) return textOrNothing(column, rules, notices);
  if (column.isNumeric && rules.texts.has(columnKey(name))) {
    notices.push(textsOfNumbers(name));
    return textOrNothing(column, rules, notices);
  }
  if (column.isNumeric)
    return isKept ? { name, type: 'number' } : numberOrNothing(column, hasHeader, notices);
  if (areBooleans(column.values)) return { name, type: 'boolean' };
  const [format, other] = column.dateFormats;
  if (format !== undefined && other === undefined) {
    notices.push(readAsDates(column, format, isAutoencoder));
    return { name, type: 'date', format };
  }
  if (other !== undefined) notices.push(ambiguousDates(column));
  if (column.isNumericAsWritten) {
    notices.push(asWritten(column));
    return { name, type: 'number', amounts: true };
  }
  if (column.numbers + column.decimalCommas > column.present / 2) {
    notices.push(almostNumbers(column));
    return { name, type: 'text' };
  }
  return textOrNothing(column, rules, notices);
}

/** Texts that all differ, as names do, say nothing; but a column that the user has named is never left out. */
function textOrNothing(
  { name, values }: ColumnStatistics,
  { embedAbove, isAutoencoder, categorical, keep, maxCategories }: ColumnRules,
  notices: string[],
): ColumnChoice | undefined {
  const mostInputs = isAutoencoder ? maxCategories : embedAbove;
  if (embedAbove === undefined || mostInputs === undefined) return { name, type: 'text' };
  if (values === undefined || values.size <= mostInputs) return { name, type: 'text' };
  if ([...values.values()].some((rows) => rows >= fewestRowsOfCategory)) {
    if (!isAutoencoder) return { name, type: 'embedded' };
    notices.push(othersShareOne(name, values.size));
    return { name, type: 'text', others: true };
  }
  const key = columnKey(name);
  // As many as fit have an input each; for more, the user has to say what to do.
  if (categorical.has(key) || keep.has(key)) return { name, type: 'text' };
  notices.push(
    `Column '${name}' has ${formatCount(values.size)} different texts, none of them in ${fewestRowsOfCategory} rows or more: left out.`,
  );
  return undefined;
}

/** An autoencoder has no way to restore what is embedded, and an input for each text is too much. */
function othersShareOne(name: string, texts: number): string {
  return `Column '${name}' has ${formatCount(texts)} different texts: the most frequent have an input each, all others one in common. ${optionText('maxCategories')} allows more.`;
}

function isConstant({ values, missing }: ColumnStatistics): boolean {
  return values?.size === 1 && missing === 0;
}

function numberOrNothing(
  column: ColumnStatistics,
  hasHeader: boolean,
  notices: string[],
): ColumnChoice | undefined {
  const { name, counting, present, hasLeadingZeros, whole } = column;
  if (counting && present > 2) {
    if (namesRows(name, hasHeader)) {
      notices.push(
        `Column '${name}' counts the rows, and is called as numbers of rows are: left out. ${optionText('keep', [name])} makes it an input.`,
      );
      return undefined;
    }
    notices.push(
      `Column '${name}' counts the rows: if it is only a number of the row, leave it out with ${optionText('ignore', [name])}.`,
    );
  }
  if (hasLeadingZeros && whole) {
    notices.push(
      `Column '${name}' is read as numbers, though some have zeros in front, as codes have: ${optionText('categorical', [name])} makes them categories.`,
    );
  }
  return { name, type: 'number' };
}

/** Whether a name is one that programs and people give to the number of a row. */
function namesRows(name: string, hasHeader: boolean): boolean {
  // What has no name in the header, as pandas and R leave it, is called by its place.
  if (hasHeader && /^column\d+$/.test(name)) return true;
  return /^\p{Ll}+I[dD]$/u.test(name) || rowWords.test(name);
}

const rowWords =
  /^(?:.*[ _.-])?(?:id|idx|index|nr|no|#)\.?$|^row(?:[ _.-]?(?:id|number|num|nr|no|names?))?$|^unnamed(?:: ?\d+)?$/i;

function textsOfNumbers(name: string): string {
  return `Column '${name}' holds numbers, which the file says are texts: they are taken as categories. Those that are amounts are to be saved as numbers.`;
}

function asWritten({ name, firstAmount }: ColumnStatistics): string {
  return `Column '${name}' is read as numbers, which are written as '${firstAmount?.value}' in line ${firstAmount?.line}.`;
}

function readAsDates({ name }: ColumnStatistics, format: DateFormat, restores: boolean): string {
  const later = restores
    ? ` To an autoencoder, dates outside of those that train are odd: leave the column out with ${optionText('ignore', [name])} if such will come.`
    : '';
  return `Column '${name}' is read as dates, written as ${format}: ${optionText('categorical', [name])} makes them categories.${later}`;
}

function ambiguousDates({ name, firstText }: ColumnStatistics): string {
  return `Column '${name}' is taken as text: it looks like dates, but whether the month or the day comes first, as in '${firstText?.value}', cannot be told.`;
}

function almostNumbers(column: ColumnStatistics): string {
  const { name, numbers, decimalCommas, present, firstText, writtenAmounts } = column;
  const cause = `because of '${firstText?.value}' in line ${firstText?.line}`;
  const counted = `though ${formatCount(numbers + decimalCommas)} of its ${formatCount(present)} values are numbers`;
  const taken = `Column '${name}' is taken as text ${cause}, ${counted}.`;
  if (decimalCommas > 0) {
    return `${taken} Numbers are written with a decimal point, not a comma. ${optionText('decimal', ',')} says otherwise.`;
  }
  // An amount is a value, though it is not clear which.
  if (firstText === undefined || writtenAmounts > 0) return taken;
  // What is named takes the place of the usual words.
  const words = [...column.missingWords, firstText].map(({ value }) => value);
  return `${taken} If it stands for a missing value: ${optionText('missing', words)}.`;
}

/** Kinds of column that no word belongs to: more of them stand for a missing value. */
const hasWordsOfNumbers: ReadonlySet<ColumnType> = new Set(['number', 'date']);

const mostColumnsNamed = 5;

/** What stood for missing values, in a sentence; none where fields were left empty. */
export function missingNotices(
  columns: readonly { readonly column: ColumnStatistics; readonly choice: ColumnChoice }[],
): string[] {
  const texts = columns.flatMap(({ column, choice }) => {
    const words = hasWordsOfNumbers.has(choice.type)
      ? column.missingWordsAmongNumbers
      : column.missingWords;
    if (words.length === 0) return [];
    const each = words.map(
      ({ value, count, line }) => `'${value}' in ${rowsText(count)} (line ${line})`,
    );
    return [`${listOf(each)} of '${column.name}'`];
  });
  if (texts.length === 0) return [];
  const more = texts.length - mostColumnsNamed;
  const shown = texts.slice(0, mostColumnsNamed).join('; ');
  const others = more > 0 ? `; and words in ${formatCount(more)} more columns` : '';
  return [`Taken as missing: ${shown}${others}.`];
}

function rowsText(count: number): string {
  return count === 1 ? '1 row' : `${formatCount(count)} rows`;
}
