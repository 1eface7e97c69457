import { type Card, cards } from '../cards.js';
import { trainingOperations } from '../operations.js';
import type { Report, TrainingResult } from '../suite/results.js';
import { count, megabytes, percent, significant, table, times } from './format.js';
import { titleOf } from './names.js';

/** A table for each card, behind the charts. */
export function trainingSection(report: Report, chart: (name: string) => string): string {
  const measured = cards.filter((card) => report.training.some((row) => row.card === card.name));
  if (measured.length === 0) return '';
  const body = measured.map((card) => trainingOfCard(report, card)).join('\n\n');
  return `${chart('training-share')}\n\n${chart('training-speedup')}\n\n${body}`;
}

function trainingOfCard(report: Report, card: Card): string {
  const results = report.training.filter((result) => result.card === card.name);
  const reference = referenceLoss(results);
  const rows = [...results]
    .sort((a, b) => a.threads - b.threads || (b.rowsPerSecond ?? 0) - (a.rowsPerSecond ?? 0))
    .map((result) => trainingRow(card, results, result, reference));
  const operations = significant(trainingOperations(card) / 1e6);
  const head = ['driver', 'threads', 'rows/s', '±', 'of peak', 'layerwise is', 'loss', 'memory'];
  return [
    `### ${card.name}`,
    '',
    `${card.title}; batch ${card.batchSize}, Adam, ${operations} MFLOP a row.`,
    '',
    table(head, rows),
  ].join('\n');
}

function trainingRow(
  card: Card,
  results: readonly TrainingResult[],
  result: TrainingResult,
  reference: number | null,
): string[] {
  const { driver, threads, rowsPerSecond, missing, share, spread = 0 } = result;
  const name = titleOf(driver);
  if (rowsPerSecond === undefined) {
    return [name, String(threads), missing ?? 'not measured', '', '', '', '', ''];
  }
  // Mixed precision is compared with mixed precision.
  const own = driver !== 'layerwise-bf16' && isBf16(driver) ? 'layerwise-bf16' : 'layerwise';
  const ours = results.find((row) => row.driver === own && row.threads === threads);
  const faster = ours?.rowsPerSecond === undefined ? '' : times(ours.rowsPerSecond / rowsPerSecond);
  const rounds = result.rounds?.length ?? 0;
  return [
    name,
    String(threads),
    count(rowsPerSecond),
    rounds > 1 ? percent(spread) : 'one round',
    share === undefined ? '' : percent(share),
    driver === 'layerwise' ? '' : faster,
    lossText(card, result, reference),
    result.peakMemoryBytes === undefined ? '' : megabytes(result.peakMemoryBytes),
  ];
}

function isBf16(driver: string): boolean {
  return driver.endsWith('bf16');
}

/** Products of bfloat16 numbers have two to three digits. */
const bf16Tolerance = 0.03;

/** The median of the drivers in single precision. */
function referenceLoss(results: readonly TrainingResult[]): number | null {
  const losses = results
    .filter((result) => !isBf16(result.driver))
    .flatMap(({ loss }) => (typeof loss === 'number' ? [loss] : []))
    .sort((a, b) => a - b);
  return losses[Math.floor(losses.length / 2)] ?? null;
}

function lossText(
  { lossTolerance = 0.01 }: Card,
  { driver, loss }: TrainingResult,
  reference: number | null,
): string {
  if (loss === undefined || loss === null) return 'not compared';
  const text = loss.toPrecision(5);
  const tolerance = isBf16(driver) ? Math.max(bf16Tolerance, lossTolerance) : lossTolerance;
  if (reference === null || Math.abs(loss - reference) <= tolerance * reference) return text;
  return `**${text} differs**`;
}
