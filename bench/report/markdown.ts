import { gemmForms, predictionBatches, predictionCard } from '../cards.js';
import { drivers } from '../suite/drivers.js';
import { isBusy } from '../suite/machine.js';
import type { GemmResult, Report } from '../suite/results.js';
import { checkBatches, checkEpochs } from '../suite/training.js';
import { compareWithTargets, type Target } from '../targets.js';
import {
  count,
  duration,
  gigaflops,
  megabytes,
  percent,
  significant,
  table,
  times,
} from './format.js';
import { growthSection } from './growth.js';
import { shapeName, titleOf } from './names.js';
import { predictionByThreads } from './predictionByThreads.js';
import { type ClassEntry, classesSection } from './processorClass.js';
import { trainingSection } from './training.js';

/**
 * The report as Markdown. For the page in docs/, `chart` gives the lines that show a chart, and `classes`
 * are what was measured last on each class of processor.
 */
export function markdownOf(
  report: Report,
  chart: (name: string) => string = () => '',
  classes: readonly ClassEntry[] = [],
): string {
  const sections = [
    title(report),
    ceilings(report),
    section('Targets', targetTable(report)),
    section('Training', trainingSection(report, chart)),
    section('Prediction', predictionSection(report, chart)),
    section('Prediction by threads', predictionByThreads(report)),
    section('Matrix products', gemmSection(report, chart)),
    section('MNIST to 98 % of the test images', accuracySection(report, chart)),
    section('Sizes that are no multiple of anything', oddSection(report)),
    section('Beside a busy neighbour', busySection(report)),
    section('Cost over growing work', growthSection(report, chart)),
    section('Import and installation', footprintSection(report)),
    section('Classes of processors', classesSection(classes)),
    section('How it is measured', methods(report)),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function section(heading: string, body: string): string {
  return body.trim() === '' ? '' : `## ${heading}\n\n${body.trim()}`;
}

function title(report: Report): string {
  const { machine } = report;
  const lines = [
    `# Benchmarks of layerwise ${report.version}`,
    '',
    `${machine.processor}, ${machine.threads} processors, ${significant(machine.memoryBytes / 2 ** 30)} GiB, ` +
      `${machine.system}, Node ${machine.node}. ${report.date.slice(0, 10)}, ` +
      `${significant(report.seconds / 60)} minutes.`,
  ];
  if (isBusy(machine)) {
    lines.push('', `Others used the machine (load ${machine.load}): the figures are rough.`);
  }
  if (report.quick) lines.push('', 'A quick run: short and few rounds, so the figures are rough.');
  return lines.join('\n');
}

function ceilings({ ceilings: measured }: Report): string {
  if (!measured) return 'No ceilings: the native micro-benchmarks could not be built.';
  const rows = [
    ...measured.peaks.map(({ set, precision, threads, operationsPerSecond }) => [
      `multiply-adds on registers, ${set}, ${precision}`,
      String(threads),
      gigaflops(operationsPerSecond),
    ]),
    ...measured.copies.map(({ threads, bytesPerSecond }) => [
      'copy of large arrays, read plus written',
      String(threads),
      `${significant(bytesPerSecond / 1e9)} GB/s`,
    ]),
  ];
  return section('What the processor allows', table(['ceiling', 'threads', 'measured'], rows));
}

const units: Record<Target['unit'], (value: number) => string> = {
  share: percent,
  times,
  seconds: duration,
};

function targetTable(report: Report): string {
  const outcomes = compareWithTargets(report);
  if (outcomes.every((outcome) => outcome.value === null)) return '';
  const shown = report.complete ? outcomes : outcomes.filter((outcome) => outcome.met !== null);
  const rows = shown.map(({ target, value, met }) => {
    const sign = target.direction === 'atLeast' ? '≥' : '≤';
    const format = units[target.unit];
    return [
      target.what,
      `${sign} ${format(target.limit)}`,
      value === null ? 'not measured' : format(value),
      met === null ? '–' : met ? 'met' : '**missed**',
    ];
  });
  const measured = outcomes.filter((outcome) => outcome.met !== null);
  const met = measured.filter((outcome) => outcome.met);
  const summary = `${met.length} of ${measured.length} measured targets are met.`;
  return [
    summary,
    table(['target', 'wanted', 'measured', ''], rows),
    whatLimits(measured.filter((outcome) => !outcome.met).map((outcome) => outcome.target)),
  ].join('\n\n');
}

/** The missed targets with what stands in their way, those of one cause together. */
function whatLimits(missed: readonly Target[]): string {
  if (missed.length === 0) return '';
  const causes = new Map<string, string[]>();
  for (const { what, limitedBy } of missed) {
    causes.set(limitedBy, [...(causes.get(limitedBy) ?? []), what]);
  }
  const lines = [...causes].map(([cause, whats]) => `- ${cause} (${whats.join('; ')})`);
  return ['What limits those that are missed:', '', ...lines].join('\n');
}

function predictionSection(report: Report, chart: (name: string) => string): string {
  if (report.prediction.length === 0) return '';
  const groups = new Map(
    report.prediction.map(({ driver, threads }) => [`${driver} ${threads}`, { driver, threads }]),
  );
  const rows = [...groups.values()]
    .sort((a, b) => a.threads - b.threads)
    .map(({ driver, threads }) => {
      const cells = predictionBatches.map((batch) =>
        predictionCell(report, driver, threads, batch),
      );
      return [titleOf(driver), String(threads), ...cells];
    });
  const head = ['driver', 'threads', ...predictionBatches.map((batch) => `batch ${batch}`)];
  const text =
    `The network of ${predictionCard}: time of one call; for larger batches rows/s and the share of ` +
    `the peak of as many threads. ${agreement(report)}`;
  return `${chart('prediction-latency')}\n\n${text}\n\n${table(head, rows)}`;
}

/** Whether all drivers computed the same outputs; those with weights of their own are left out. */
function agreement({ prediction }: Report): string {
  const differences = predictionBatches.flatMap((batch) => {
    const sums = prediction
      .filter((row) => row.batch === batch && row.driver !== 'layerwise-bf16')
      .flatMap(({ checksum }) => (typeof checksum === 'number' ? [checksum] : []));
    return sums.length < 2 ? [] : [(Math.max(...sums) - Math.min(...sums)) / Math.max(...sums)];
  });
  if (differences.length === 0) return '';
  return `Sums over the outputs of single precision differ by at most ${Math.max(...differences).toExponential(1)}.`;
}

function predictionCell(report: Report, driver: string, threads: number, batch: number): string {
  const result = report.prediction.find(
    (row) => row.driver === driver && row.threads === threads && row.batch === batch,
  );
  if (result?.secondsPerCall === undefined) return result?.missing ?? 'not measured';
  const time = duration(result.secondsPerCall);
  if (batch === 1) return time;
  const share = result.share === undefined ? '' : `, ${percent(result.share)}`;
  return `${time} (${count(result.rowsPerSecond ?? 0)}/s${share})`;
}

function gemmSection(report: Report, chart: (name: string) => string): string {
  if (report.gemm.length === 0) return '';
  const runs = new Map(
    report.gemm.map(({ set, threads }) => [`${set} ${threads}`, { set, threads }]),
  );
  const tables = [...runs.values()].map(({ set, threads }) => {
    const results = report.gemm.filter((row) => row.set === set && row.threads === threads);
    return `**${set}, ${threads === 1 ? '1 thread' : `${threads} threads`}**\n\n${gemmTable(results)}`;
  });
  const worst = Math.max(...report.gemm.map((row) => row.maxError));
  const text =
    'Share of the peak of the same instruction set and threads, measured in between. Largest error ' +
    `against double precision: ${worst.toExponential(1)} of the sum of magnitudes.`;
  return `${chart('matrix-products')}\n\n${text}\n\n${tables.join('\n\n')}`;
}

function gemmTable(results: readonly GemmResult[]): string {
  const shapes = [...new Set(results.map(shapeName))];
  const rows = shapes.map((shape) => [
    shape,
    ...gemmForms.map((form) => {
      const result = results.find((row) => row.form === form && shapeName(row) === shape);
      return result === undefined
        ? ''
        : `${percent(result.share)} (${significant(result.operationsPerSecond / 1e9)})`;
    }),
  ]);
  const head = [
    'batch × inputs × outputs',
    'forward (GFLOP/s)',
    'gradient of the input',
    'gradient of the weights',
  ];
  return table(head, rows);
}

function accuracySection(report: Report, chart: (name: string) => string): string {
  const rows = report.accuracyJobs.map((job) => {
    if (job.seconds === undefined) {
      return [titleOf(job.driver), String(job.threads), job.missing ?? '', '', '', ''];
    }
    return [
      titleOf(job.driver),
      String(job.threads),
      duration(job.seconds),
      significant(job.epochs ?? 0),
      percent(job.accuracy ?? 0),
      String(job.runs ?? 0),
    ];
  });
  if (rows.length === 0) return '';
  const head = ['driver', 'threads', 'time', 'epochs', 'accuracy', 'runs'];
  const text =
    'From the call that trains on the 60,000 images to the end of the epoch after which 98 % of the ' +
    '10,000 test images are recognised: tests, and where there is one the compilation, included. ' +
    'Another seed in each run; medians.';
  return `${chart('mnist-accuracy')}\n\n${text}\n\n${table(head, rows)}`;
}

function oddSection({ oddSizes }: Report): string {
  const rows = oddSizes.map(({ name, threads, ratio }) => [name, String(threads), percent(ratio)]);
  return table(['operations per second', 'threads', 'of the round size'], rows);
}

function busySection({ busyNeighbours }: Report): string {
  const rows = busyNeighbours.map(({ card, threads, ratio }) => [
    card,
    String(threads),
    times(ratio),
  ]);
  return table(['another process uses one core', 'threads', 'of the rows/s of 1 thread'], rows);
}

function footprintSection({ imports, installs }: Report): string {
  const names = [...new Set([...imports.map((row) => row.driver), ...installs.map((r) => r.name)])];
  const rows = names.map((name) => {
    const imported = imports.find((row) => row.driver === name);
    const installed = installs.find((row) => row.name === name);
    const packed = installed?.packedBytes;
    return [
      titleOf(name),
      imported?.seconds === undefined ? (imported?.missing ?? '') : duration(imported.seconds),
      installed?.bytes === undefined ? (installed?.missing ?? '') : megabytes(installed.bytes),
      installed?.packages === undefined ? '' : String(installed.packages),
      packed === undefined ? '' : `${megabytes(packed)} packed, ${installed?.note ?? ''}`,
    ];
  });
  return table(['framework', 'import', 'installed, with dependencies', 'packages', ''], rows);
}

function methods(report: Report): string {
  const versions = new Map(
    [...report.training, ...report.prediction].map(({ driver, version }) => [driver, version]),
  );
  const notes = drivers.map(({ name, title: heading, note }) => {
    const version = versions.get(name);
    return `- **${heading}${version ? ` ${version}` : ''}**: ${note}`;
  });
  return [
    'Each driver runs each case in a process of its own, which waits while the others have their turn: ' +
      'A B C A B C …, so that a drift of the machine hits all alike. Figures are medians of the rounds, ' +
      'after a warm-up; ± is half the distance between the extremes. The peak is measured before and ' +
      'after every turn; the higher one is what the turn is a share of.',
    'All drivers train on the same rows from the same first weights with the same batch and Adam ' +
      `(0.001, 0.9, 0.999, 1e-8), in single precision. The loss is that after ${checkBatches * checkEpochs} steps without ` +
      'shuffling; a driver that did less work would show there. Only the operations of the matrix ' +
      'products count (the first layer needs no gradient of its input), so a share of the peak is ' +
      'never overstated. Memory is the most that the process ever had resident.',
    notes.join('\n'),
    'To measure again: `npm run bench`; parts of it: `npm run bench -- --help`.',
  ].join('\n\n');
}
