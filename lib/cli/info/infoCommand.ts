import { formatBytes } from '../../quantities.js';
import { plural } from '../../terminal/style.js';
import { alignedLines } from '../../textTable.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { failureLines, failureOf } from '../failure.js';
import type { InfoOptions } from './infoArguments.js';
import { type SupportReport, supportReport } from './supportReport.js';

/** `layerwise info`. A core that does not load is told like everything else; the exit code is 1. */
export function info({ json }: InfoOptions, context: CliContext): ExitCode {
  const { report, error } = supportReport(context);
  const { stdout, stderr, environment } = context;
  if (json) stdout.json(report);
  else for (const line of alignedLines(rowsOf(report), ['left', 'left'])) stdout.line(line);
  if (error === null) return exitCodes.ok;
  const failure = failureOf(error);
  for (const line of failureLines(failure, Boolean(environment.LAYERWISE_DEBUG))) {
    stderr.paragraph(...line);
  }
  return failure.exitCode;
}

function rowsOf(report: SupportReport): string[][] {
  const { instructionSet, availableInstructionSets, runtime, system, installation } = report;
  const { v8, nodeApi } = runtime;
  const engine = listed([v8 && `V8 ${v8}`, nodeApi && `Node-API ${nodeApi}`]);
  return [
    ['layerwise', report.version],
    ['binary', binaryText(report)],
    [
      'instruction set',
      instructionSet === null
        ? 'unknown'
        : `${instructionSet} (available: ${availableInstructionSets?.join(', ')})`,
    ],
    ['threads', String(report.threads ?? 'unknown')],
    ['processor', processorText(report)],
    ['memory', memoryText(report)],
    ['node', `${report.node} (${engine})`],
    // Others say which Node they behave like.
    ...(runtime.name === 'node' ? [] : [['runtime', `${runtime.name} ${runtime.version}`]]),
    ['platform', report.platform],
    ['system', listed([system.name, `kernel ${system.kernel}`, libcText(report), system.locale])],
    ['installation', listed([installation.manager, installation.layout, installation.userAgent])],
    ['terminal', terminalText(report)],
    ...Object.entries(report.environment).map(([name, value]) => [
      'environment',
      `${name}=${value}`,
    ]),
  ];
}

function binaryText({ binary }: SupportReport): string {
  if (binary === null) return 'none for this system';
  const state = binary.version === null ? 'does not work' : `by ${binary.compiler}`;
  return `${binary.file} (${binary.origin}, ${state})`;
}

function processorText({ processor: { model, count, available, usable } }: SupportReport): string {
  return `${model}, ${plural(count, 'core')}, ${usable ?? available} of them for this process`;
}

function memoryText({ memory: { total, limit, heapLimit } }: SupportReport): string {
  return listed([
    formatBytes(total),
    limit === null ? null : `${formatBytes(limit)} of it for this process`,
    `at most ${formatBytes(heapLimit)} for JavaScript`,
  ]);
}

function libcText({ system: { libc } }: SupportReport): string | null {
  return libc && [libc.name, libc.version].filter((word) => word !== null).join(' ');
}

function terminalText({ terminal: { isTerminal, columns } }: SupportReport): string {
  return isTerminal ? `yes, ${plural(columns ?? 0, 'column')}` : 'no';
}

function listed(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(', ');
}
