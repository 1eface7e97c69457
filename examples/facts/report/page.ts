import type { Fact, FactRow, FactTable } from '../fact.ts';
import type { StoredResult, StoredResults } from './results.ts';

/** docs/published-facts.md, from what was measured. */

const opening = `# Published facts, reproduced

What the literature says about neural networks, measured with this library: each line of the table has the figure that
was published (or that follows from theory) and ours. Every fact is a program of [examples/facts](../examples/facts) that
uses the public interface alone. \`npm run facts\` measures them all, \`npm run facts -- NAME\` one, and \`--write\`
writes this page. The digits are those of MNIST, all 60,000 of them to learn from and 10,000 to test on unless it says
otherwise.`;

/** @param facts In the order of the page; those without a result are left out. */
export function pageOf(facts: readonly Fact[], results: StoredResults): string {
  const measured = facts.flatMap((fact) => {
    const result = results[fact.name];
    return result === undefined ? [] : [{ fact, result }];
  });
  const head = '| fact | expected | measured | holds | source |\n|---|---|---|---|---|';
  const lines = measured.flatMap(({ result }) => result.rows.map(lineOf));
  const sections = measured.map(({ fact, result }) => sectionOf(fact, result));
  return `${[opening, [head, ...lines].join('\n'), ...sections].join('\n\n')}\n`;
}

function lineOf({ fact, expected, measured, holds, source }: FactRow): string {
  return cellsOf([fact, expected, measured, holds ? 'yes' : '**no**', source]);
}

function cellsOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function markdownOf({ head, rows }: FactTable): string {
  return [cellsOf(head), `|${'---|'.repeat(head.length)}`, ...rows.map(cellsOf)].join('\n');
}

function sectionOf({ name, title, text }: Fact, result: StoredResult): string {
  const { instructionSet, tables = [], pictures } = result;
  const images = pictures.map((picture) => `![${picture.title}](facts/${picture.name}.svg)`);
  const program = `[examples/facts/${name}.ts](../examples/facts/${name}.ts)`;
  const note = `Measured by ${program} with the instruction set ${instructionSet}.`;
  return [`## ${title}`, text.trim(), ...tables.map(markdownOf), ...images, note].join('\n\n');
}
