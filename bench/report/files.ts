import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { paths } from '../common/paths.js';
import type { BesideReport } from '../suite/beside.js';
import type { Report } from '../suite/results.js';
import { besideMarkdown } from './beside.js';
import { type Chart, chartsOf, renderChart } from './charts.js';
import { markdownOf } from './markdown.js';
import { entryOf, keepEntry } from './processorClass.js';

/** Writes the report into bench/results/ and returns the Markdown file. */
export function writeResults(report: Report): string {
  return write(report, report.complete ? '' : '-part', markdownOf(report));
}

/** The same for a comparison with an older package. */
export function writeBeside(report: BesideReport): string {
  return write(report, '-beside', besideMarkdown(report));
}

function write(report: { readonly date: string }, ending: string, markdown: string): string {
  mkdirSync(paths.results, { recursive: true });
  const stamp = report.date.slice(0, 16).replace(':', '');
  const file = path.join(paths.results, `${stamp}${ending}.md`);
  writeFileSync(file, markdown);
  writeFileSync(
    path.join(paths.results, `${stamp}${ending}.json`),
    `${JSON.stringify(report, rounded, 2)}\n`,
  );
  return file;
}

/** Ten digits: sums of outputs are compared to that many, and no clock here gives more. */
function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  return Number(value.toPrecision(10));
}

/** Writes docs/benchmarks.md, its charts, and what it keeps of each class of processor. */
export async function writeDocuments(report: Report): Promise<void> {
  const directory = path.join(paths.documents, 'benchmarks');
  mkdirSync(directory, { recursive: true });
  const shown = new Map<string, Chart>();
  for (const chart of chartsOf(report)) {
    const svg = await renderChart(chart);
    if (svg === null) continue;
    writeFileSync(path.join(directory, `${chart.name}.svg`), svg);
    shown.set(chart.name, chart);
  }
  const show = (name: string) => {
    const chart = shown.get(name);
    return chart ? `![${chart.title}](benchmarks/${name}.svg)` : '';
  };
  const classes = keepEntry(path.join(directory, 'processor-classes.json'), entryOf(report));
  writeFileSync(path.join(paths.documents, 'benchmarks.md'), markdownOf(report, show, classes));
}
