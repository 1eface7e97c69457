import { constants } from 'node:fs';
import { copyFile, link } from 'node:fs/promises';
import { fileSize } from '../../data/bytes.js';
import { atomicWrite } from '../../io/atomicWrite.js';
import { Lease } from '../../io/lease.js';
import { isSystemError, realTarget } from '../../io/paths.js';
import { formatCount } from '../../quantities.js';
import { type RepairedJournal, repairedJournal } from '../../search/repairJournal.js';
import type { Printer } from '../../terminal/printer.js';
import { plural } from '../../terminal/style.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import type { RepairOptions } from './studyArguments.js';

/** `layerwise study repair`. */
export async function repairStudy(options: RepairOptions, context: CliContext): Promise<ExitCode> {
  const { file, out } = options;
  // Says of a file that does not exist what the other commands say of theirs.
  await fileSize(file);
  // Nobody may write to it meanwhile.
  const lock = await Lease.acquire(file);
  let repaired: RepairedJournal;
  let kept: string | null = null;
  try {
    repaired = await repairedJournal(file);
    const isWhole = wasWhole(repaired);
    if (!isWhole && out === undefined) kept = await keepAside(await realTarget(file));
    lock.confirm();
    if (!isWhole || out !== undefined) await atomicWrite(out ?? file, encoded(repaired.lines));
  } finally {
    lock.release();
  }
  report(repaired, kept, options, context);
  return exitCodes.ok;
}

function wasWhole({ lost, mended, renumbered }: RepairedJournal): boolean {
  return [lost, mended, renumbered].every(({ length }) => length === 0);
}

/** Gives the file a second name, which nothing else has yet. */
async function keepAside(file: string): Promise<string> {
  for (let count = 1; ; count++) {
    const name = `${file}.damaged${count === 1 ? '' : `-${count}`}`;
    try {
      await link(file, name);
      return name;
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) continue;
      // Some file systems know no second names.
      await copyFile(file, name, constants.COPYFILE_EXCL);
      return name;
    }
  }
}

function* encoded(lines: readonly string[]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const line of lines) yield encoder.encode(line);
}

const mostLinesShown = 20;

function report(
  repaired: RepairedJournal,
  kept: string | null,
  { file, out, json }: RepairOptions,
  { stdout }: CliContext,
): void {
  const { trials, lost, mended, renumbered } = repaired;
  const running = trials.filter(({ state }) => state === 'running').length;
  if (json) {
    const counts = { trials: trials.length, running };
    const changes = { lost, mended, renumbered };
    stdout.json({ type: 'repaired', file, ...counts, ...changes, out: out ?? null, kept });
    return;
  }
  const counts = `${plural(trials.length, 'trial')}, ${running} of them not ended`;
  if (wasWhole(repaired)) {
    const copied = out === undefined ? '' : ` and copied to ${out}`;
    stdout.line(`${file} is whole${copied}: ${counts}.`);
    return;
  }
  stdout.line(`Saved to ${out ?? file}: ${counts}.`);
  if (mended.length > 0) stdout.line(`Mended ${linesText(mended.length)}.`);
  if (lost.length > 0) stdout.line(`Lost ${linesText(lost.length)}:`);
  showSome(
    lost.map(({ line, reason }) => `line ${line}: ${reason}`),
    stdout,
  );
  if (renumbered.length > 0) stdout.line('Trials have the numbers of their order:');
  showSome(
    renumbered.map(([from, to]) => `trial ${from} is trial ${to} now`),
    stdout,
  );
  if (kept !== null) stdout.line(`What was there is kept as ${kept}.`);
}

function showSome(lines: readonly string[], stdout: Printer): void {
  for (const line of lines.slice(0, mostLinesShown)) stdout.line(`  ${line}`);
  if (lines.length > mostLinesShown) {
    stdout.line(`  and ${formatCount(lines.length - mostLinesShown)} more`);
  }
}

function linesText(count: number): string {
  return count === 1 ? 'one line' : plural(count, 'line');
}
