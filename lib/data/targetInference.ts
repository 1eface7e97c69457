import { DataError } from '../errors.js';
import { optionText } from '../optionText.js';
import { formatCount } from '../quantities.js';
import type { CellRules } from './cellRules.js';
import { scalingOf } from './numberScaling.js';
import type { ClassTarget, NumberTarget, TargetColumn } from './tableSchema.js';
import type { ColumnStatistics } from './tableStatistics.js';

/** From the statistics of the target to what is learned: classes or numbers, and which. */

export type Task = 'classification' | 'regression';

export interface ChosenTask {
  readonly name: Task;
  /** Why, in words. */
  readonly reason: string;
}

/** At most so many different whole numbers in a target are taken for classes. */
export const mostNumericClasses = 20;
/** A smaller share of texts among numbers is a slip of the pen, and not a class of its own. */
const leastShareOfTexts = 0.05;

/**
 * The task, when it is not given: a target of texts is classification. Numbers are classification when
 * all of them are whole, at most 20 of them differ, and each occurs twice on average; otherwise
 * regression. Numbers with a few texts between them are neither.
 *
 * @param path how errors call the file
 * @throws DataError (path `file:line`) for a text among numbers
 */
export function chooseTask(
  target: ColumnStatistics,
  asked: Task | undefined,
  path: string,
): ChosenTask {
  if (asked) return { name: asked, reason: `as asked for with ${optionText('task')}` };
  const { name, firstText, whole, present } = target;
  if (isAlmostNumeric(target) && !mayBeClasses(target)) throw textAmongNumbers(target, path);
  if (firstText) return { name: 'classification', reason: `'${name}' holds text` };
  if (!whole)
    return { name: 'regression', reason: `'${name}' holds numbers that are not all whole` };
  const different = differentNumbers(target);
  if (different > mostNumericClasses || different * 2 > present) {
    return { name: 'regression', reason: `'${name}' holds many different whole numbers` };
  }
  return {
    name: 'classification',
    reason: `'${name}' holds only ${different} different whole numbers`,
  };
}

/** @throws DataError for a target from which the task cannot be learned */
export function targetColumn(
  target: ColumnStatistics,
  task: Task,
  maxCategories: number,
  path: string,
): TargetColumn {
  return task === 'classification'
    ? classTarget(target, maxCategories, path)
    : numberTarget(target, path);
}

/** What the user should know of how the target was read, in sentences. */
export function targetNotices(target: ColumnStatistics, task: Task): string[] {
  if (task === 'regression') return [];
  const { name, firstText, present } = target;
  const notices: string[] = [];
  if (firstText && isAlmostNumeric(target)) {
    notices.push(
      `The target '${name}' is taken as classes, '${firstText.value}' in line ${firstText.line} among them, ` +
        `though ${formatCount(numbersAsWritten(target))} of its ${formatCount(present)} values are numbers.`,
    );
  }
  const twice = sameNumbers(target);
  if (twice) {
    notices.push(
      `'${twice.join("' and '")}' are one number, but two classes of the target '${name}', as they are written.`,
    );
  }
  return notices;
}

/** Whether most values are numbers, those written as people do among them, but not all. */
function isAlmostNumeric(target: ColumnStatistics): boolean {
  return target.firstText !== undefined && numbersAsWritten(target) > target.present / 2;
}

function numbersAsWritten({ numbers, decimalCommas, writtenAmounts }: ColumnStatistics): number {
  return numbers + decimalCommas + writtenAmounts;
}

/** Whether texts between numbers are classes like these: 0, 1, 2, 3+. */
function mayBeClasses(target: ColumnStatistics): boolean {
  const { whole, decimalCommas, numbers, present, values } = target;
  const texts = present - numbers;
  const different = values?.size ?? Number.POSITIVE_INFINITY;
  if (!whole || decimalCommas > 0 || different > mostNumericClasses) return false;
  return texts >= present * leastShareOfTexts;
}

function textAmongNumbers(target: ColumnStatistics, path: string): DataError {
  const { name, firstText, numbers, decimalCommas, writtenAmounts, present } = target;
  const { line = 0, value = '' } = firstText ?? {};
  const commas = decimalCommas > 0 ? ` and ${formatCount(decimalCommas)} have a decimal comma` : '';
  const amounts =
    writtenAmounts > 0
      ? ` and ${formatCount(writtenAmounts)} have signs or separated thousands`
      : '';
  const classes = `Give ${optionText('task', 'classification')} if these are classes.`;
  return new DataError({
    path: `${path}:${line}`,
    expected: `a number in the target '${name}', of whose ${formatCount(present)} values ${formatCount(numbers)} are numbers${commas}${amounts}`,
    received: `'${value}'`,
    remedy:
      decimalCommas + writtenAmounts > numbers
        ? `Write the numbers with a decimal point, and without signs or separators of thousands, or name the decimal sign: ${optionText('decimal', decimalCommas > 0 ? ',' : '.')}. ${classes}`
        : `${remedyForText(value)} ${classes}`,
  });
}

function remedyForText(value: string): string {
  return `Correct it, leave the field empty (the row is then not used), or call it missing: ${optionText('missing', [value])}.`;
}

function classTarget(target: ColumnStatistics, maxCategories: number, path: string): ClassTarget {
  const { name } = target;
  const classes = classNames(target);
  if (classes === undefined || classes.length > maxCategories) {
    throw new DataError({
      path,
      expected: `at most ${maxCategories} classes in the target '${name}'`,
      received: 'more',
      remedy: target.isNumeric
        ? `Give ${optionText('task', 'regression')} to predict the number itself, or allow more with ${optionText('maxCategories')}.`
        : `Choose another target, or allow more with ${optionText('maxCategories')}.`,
    });
  }
  const numeric = classes.every(isOwnForm);
  if (classes.length >= 2) return { name, type: 'classes', classes, numeric };
  throw nothingToLearn(path, name, `only '${classes.join()}'`);
}

function numberTarget(target: ColumnStatistics, path: string): NumberTarget {
  const { name, firstText, moments } = target;
  const { minimum, maximum } = moments;
  if (firstText) {
    throw new DataError({
      path: `${path}:${firstText.line}`,
      expected: `a number in the target '${name}'`,
      received: `'${firstText.value}'`,
      remedy: `${remedyForText(firstText.value)} Or classify instead.`,
    });
  }
  const scaling = scalingOf(target, path);
  if (minimum < maximum) return { name, type: 'number', ...scaling };
  throw nothingToLearn(path, name, `only ${minimum}`);
}

function nothingToLearn(path: string, name: string, received: string): DataError {
  return new DataError({
    path,
    expected: `at least two different values in the target '${name}'`,
    received,
    remedy: 'With a single value there is nothing to learn: check the column.',
  });
}

/**
 * The classes as they are written: '01' and '1' are two. Numbers stand in their order, texts in that of
 * their code units; undefined if there are too many.
 */
function classNames(target: ColumnStatistics): string[] | undefined {
  if (target.values === undefined) return undefined;
  const names = [...target.values.keys()].sort();
  if (!target.isNumeric) return names;
  const valued = names.map((text) => ({ text, number: target.rules.numberOf(text) }));
  // The sort is stable: forms of one number stay in the order of their code units.
  valued.sort(
    (left, right) => Number(left.number > right.number) - Number(left.number < right.number),
  );
  return valued.map(({ text }) => text);
}

/** Whether a text is what JavaScript writes for the number that it holds, and holds all of it. */
function isOwnForm(text: string): boolean {
  const number = Number(text);
  if (!Number.isFinite(number) || String(number) !== text) return false;
  return !Number.isInteger(number) || Number.isSafeInteger(number);
}

function differentNumbers({ values, rules }: ColumnStatistics): number {
  if (values === undefined) return Number.POSITIVE_INFINITY;
  return new Set(Array.from(values.keys(), (text) => exactNumber(text, rules))).size;
}

/** Two forms of one number, if there are such. */
function sameNumbers({ values, isNumeric, rules }: ColumnStatistics): [string, string] | undefined {
  if (!isNumeric || values === undefined) return undefined;
  const forms = new Map<number | string, string>();
  for (const text of values.keys()) {
    const number = exactNumber(text, rules);
    const other = forms.get(number);
    if (other !== undefined) return [other, text];
    forms.set(number, text);
  }
  return undefined;
}

/** Whole numbers beyond 2^53 are told apart by their texts: as numbers, neighbours are equal. */
function exactNumber(text: string, { numberOf }: CellRules): number | string {
  const number = numberOf(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number;
}
