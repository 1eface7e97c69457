import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cards } from '../cards.js';
import type { Report, TrainingResult } from '../suite/results.js';
import { count, percent, table, times } from './format.js';

/**
 * What was measured last on each class of processor. A complete run replaces the entry of its class in a
 * file of docs/, so that the page shows the figures of machines that are not at hand today.
 */

export interface ClassFigure {
  readonly card: string;
  readonly threads: number;
  readonly rowsPerSecond: number;
  readonly share?: number;
  /** Layerwise by JAX, and by PyTorch. */
  readonly jax?: number;
  readonly torch?: number;
}

export interface ClassEntry {
  /** Such as `AMD, AVX-512 with bfloat16`. */
  readonly name: string;
  readonly processor: string;
  /** The day of the run: YYYY-MM-DD. */
  readonly date: string;
  readonly version: string;
  readonly figures: readonly ClassFigure[];
}

const setTitles: Readonly<Record<string, string>> = {
  scalar: 'no vectors',
  avx2: 'AVX2',
  avx512: 'AVX-512',
  neon: 'NEON',
};

/** The make, the instruction set, and what multiplies bfloat16 numbers. */
export function classNameOf({ machine, ceilings }: Report): string {
  const make = ['Intel', 'AMD', 'Apple'].find((name) => machine.processor.includes(name));
  const set = ceilings?.instructionSet ?? '';
  const peaks = ceilings?.peaks.filter((peak) => peak.threads === 1 && peak.set === set) ?? [];
  const peakOf = (precision: string) =>
    peaks.find((peak) => peak.precision === precision)?.operationsPerSecond;
  const [fp32, bf16] = [peakOf('fp32'), peakOf('bf16')];
  // Vectors do at most twice the work with half the bits; only tiles do more.
  const unit = fp32 !== undefined && bf16 !== undefined && bf16 > 3 * fp32 ? 'AMX' : 'bfloat16';
  const words = setTitles[set] ?? set;
  return `${make ?? machine.processor}, ${words}${bf16 === undefined ? '' : ` with ${unit}`}`;
}

export function entryOf(report: Report): ClassEntry {
  const { date, version, machine, training } = report;
  return {
    name: classNameOf(report),
    processor: `${machine.processor}, ${machine.threads} processors`,
    date: date.slice(0, 10),
    version,
    figures: training
      .filter((result) => result.driver === 'layerwise')
      .flatMap((result) => figureOf(result, training)),
  };
}

function figureOf(ours: TrainingResult, all: readonly TrainingResult[]): ClassFigure[] {
  const { card, threads, rowsPerSecond, share } = ours;
  if (rowsPerSecond === undefined) return [];
  const beside = (driver: string) => {
    const theirs = all.find(
      (row) => row.card === card && row.threads === threads && row.driver === driver,
    )?.rowsPerSecond;
    return theirs === undefined ? {} : { [driver]: rowsPerSecond / theirs };
  };
  const figure = { card, threads, rowsPerSecond, ...(share !== undefined && { share }) };
  return [{ ...figure, ...beside('jax'), ...beside('torch') }];
}

function read(file: string): ClassEntry[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ClassEntry[]) : [];
}

/** Puts the run in place of the one before on such a processor, and returns all, the newest first. */
export function keepEntry(file: string, entry: ClassEntry): ClassEntry[] {
  const entries = [entry, ...read(file).filter(({ name }) => name !== entry.name)];
  entries.sort((a, b) => b.date.localeCompare(a.date));
  writeFileSync(file, `${JSON.stringify(entries, null, 2)}\n`);
  return entries;
}

/** A table for each class. */
export function classesSection(entries: readonly ClassEntry[]): string {
  return entries.map(classTable).join('\n\n');
}

function classTable({ name, processor, date, version, figures }: ClassEntry): string {
  const order = cards.map((card) => card.name);
  const rows = [...figures]
    .sort((a, b) => order.indexOf(a.card) - order.indexOf(b.card) || a.threads - b.threads)
    .map(({ card, threads, rowsPerSecond, share, jax, torch }) => [
      card,
      String(threads),
      count(rowsPerSecond),
      share === undefined ? '' : percent(share),
      jax === undefined ? '' : times(jax),
      torch === undefined ? '' : times(torch),
    ]);
  const head = ['training', 'threads', 'rows/s', 'of peak', '× JAX', '× PyTorch'];
  return [
    `### ${name}`,
    '',
    `${processor}; layerwise ${version}, last measured on ${date}.`,
    '',
    table(head, rows),
  ].join('\n');
}
