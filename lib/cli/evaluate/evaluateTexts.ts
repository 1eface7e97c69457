import { formatCount } from '../../quantities.js';
import type {
  AnomalyEvaluation,
  ClassEvaluation,
  ClassScores,
  NumberEvaluation,
  TableEvaluation,
} from '../../tables/evaluation.js';
import type { ColumnImportance } from '../../tables/importance.js';
import { formatNumber, plural } from '../../terminal/style.js';
import { type Side, textTable } from '../../textTable.js';

/** What `evaluate` tells people: lines of text. */
export function evaluationLines(evaluation: TableEvaluation): string[] {
  switch (evaluation.task) {
    case 'classification':
      return classLines(evaluation);
    case 'regression':
      return numberLines(evaluation);
    default:
      return anomalyLines(evaluation);
  }
}

function classLines({ accuracy, logLoss, classes, macro, weighted, confusion }: ClassEvaluation) {
  const row = (name: string, { precision, recall, f1, support }: ClassScores): string[] => [
    ...[name, share(precision), share(recall), share(f1), formatCount(support)],
  ];
  const report = [
    ['', 'precision', 'recall', 'f1', 'support'],
    ...classes.map((scores) => row(scores.name, scores)),
    row('macro average', macro),
    row('weighted average', weighted),
  ];
  return [
    `Accuracy ${share(accuracy)}, log loss ${formatNumber(logLoss)}`,
    '',
    ...textTable(report, sides(report)),
    ...confusionLines(
      classes.map(({ name }) => name),
      confusion,
    ),
  ];
}

/** More do not fit beside each other. */
const mostClasses = 12;

function confusionLines(
  names: readonly string[],
  confusion: ClassEvaluation['confusion'],
): string[] {
  if (confusion === null || names.length > mostClasses) {
    return ['', `How often each of ${names.length} classes was taken for each: see --json.`];
  }
  const table = [
    ['is, taken for', ...names],
    ...confusion.map((counts, kind) => [names[kind] ?? '', ...counts.map(formatCount)]),
  ];
  return ['', ...textTable(table, sides(table))];
}

function sides(table: readonly (readonly string[])[]): Side[] {
  return Array.from(table[0] ?? [], (_, column) => (column === 0 ? 'left' : 'right'));
}

function numberLines(measured: NumberEvaluation): string[] {
  const { target, r2, rootMeanSquaredError, meanAbsoluteError, intervals } = measured;
  return [
    `R2 ${formatNumber(r2)}; in the unit of '${target}': typical error ` +
      `${formatNumber(rootMeanSquaredError)} (root mean square), mean absolute error ${formatNumber(meanAbsoluteError)}`,
    ...(intervals === null
      ? []
      : [
          `Intervals: ${(100 * intervals.coverage).toFixed(1)} % of the rows lie within, ${formatNumber(intervals.meanWidth)} wide in the mean`,
        ]),
  ];
}

function anomalyLines({ meanScore, anomalies, rows, found }: AnomalyEvaluation): string[] {
  const above =
    anomalies === null
      ? []
      : [`Above the threshold: ${formatCount(anomalies)} of ${plural(rows, 'row')}`];
  if (found === null) return [`Mean score ${formatNumber(meanScore)}`, ...above];
  const { wrong, rocAuc, prAuc, precision, recall } = found;
  return [
    `Mean score ${formatNumber(meanScore)}`,
    `ROC AUC ${share(rocAuc)}, area under precision and recall ${share(prAuc)}, with ${plural(wrong, 'wrong row')}`,
    ...above,
    ...(precision === null || recall === null
      ? []
      : [`By the threshold: precision ${share(precision)}, recall ${share(recall)}`]),
  ];
}

/** A table of the columns; nothing where none are given. */
export function importanceLines(columns: readonly ColumnImportance[]): string[] {
  if (columns.length === 0) return [];
  const table = [
    ['column', 'importance', '±'],
    ...columns.map(({ column, importance, spread }) => [
      column,
      formatNumber(importance),
      formatNumber(spread),
    ]),
  ];
  return ['', ...textTable(table, sides(table))];
}

function share(value: number): string {
  return value.toFixed(4);
}
