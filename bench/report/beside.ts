import { quantile } from '../common/statistics.js';
import type { BesideReport, BesideResult } from '../suite/beside.js';
import { isBusy } from '../suite/machine.js';
import { duration, significant, table } from './format.js';

/** The comparison with an older package as Markdown. */
export function besideMarkdown(report: BesideReport): string {
  const { machine, versions, seconds } = report;
  const lines = [
    `# layerwise ${versions.now} beside ${versions.before}`,
    '',
    `${machine.processor}, ${machine.system}, Node ${machine.node}. ${report.date.slice(0, 10)}, ` +
      `${significant(seconds / 60)} minutes.`,
  ];
  if (isBusy(machine)) {
    lines.push('', `Others used the machine (load ${machine.load}): the figures are rough.`);
  }
  lines.push(
    '',
    'Processor time of a round, in fresh processes that take turns. The ratios are old by new: above 1',
    'the new one is faster.',
    '',
    besideTable(report.results),
  );
  return `${lines.join('\n')}\n`;
}

function besideTable(results: readonly BesideResult[]): string {
  const head = [
    'work',
    'threads',
    'rounds',
    'p25 old',
    'p25 new',
    'p25 ratio',
    'median old',
    'median new',
    'median ratio',
    'numbers',
  ];
  return table(head, results.map(besideRow));
}

function besideRow({ work, threads, before, now, sameNumbers }: BesideResult): string[] {
  const figures = [0.25, 0.5].flatMap((share) => {
    const [old, recent] = [quantile(before, share), quantile(now, share)];
    return [duration(old), duration(recent), (old / recent).toFixed(3)];
  });
  const numbers = sameNumbers ? 'the same' : 'others';
  return [work, String(threads), String(now.length), ...figures, numbers];
}
