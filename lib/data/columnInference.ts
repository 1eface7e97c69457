import { listOf } from '../checks.js';
import { optionText } from '../optionText.js';
import { columnKey } from './columnNames.js';
import { areBooleans } from './columns/boolean.js';
import type { ColumnChoice, ColumnType } from './columns/columnKinds.js';
import { fewestRowsOfCategory } from './columns/embedded.js';
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
  /** Keys of the columns that are inputs, though they count the rows or never change. */
  readonly keep: ReadonlySet<string>;
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

/** Texts that all differ, as names do, say nothing. */
function textOrNothing(
  { name, values }: ColumnStatistics,
  { embedAbove, isAutoencoder }: ColumnRules,
  notices: string[],
): ColumnChoice | undefined {
  const isOneHot = embedAbove === undefined || isAutoencoder || (values?.size ?? 0) <= embedAbove;
  if (values === undefined || isOneHot) return { name, type: 'text' };
  if ([...values.values()].some((rows) => rows >= fewestRowsOfCategory)) {
    return { name, type: 'embedded' };
  }
  notices.push(
    `Column '${name}' has ${values.size} different texts, none of them in ${fewestRowsOfCategory} rows or more: left out.`,
  );
  return undefined;
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
  const counted = `though ${numbers + decimalCommas} of its ${present} values are numbers`;
  const taken = `Column '${name}' is taken as text ${cause}, ${counted}.`;
  if (decimalCommas > 0) {
    return `${taken} Numbers are written with a decimal point, not a comma. ${optionText('decimal', ',')} says otherwise.`;
  }
  // An amount is a value, though it is not clear which.
  if (firstText === undefined || writtenAmounts > 0) return taken;
  return `${taken} If it stands for a missing value: ${optionText('missing', [firstText.value])}.`;
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
  const others = more > 0 ? `; and words in ${more} more columns` : '';
  return [`Taken as missing: ${shown}${others}.`];
}

function rowsText(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}
