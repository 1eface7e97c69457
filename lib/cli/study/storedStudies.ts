import { ArgumentError } from '../../errors.js';
import { atomicWrite } from '../../io/atomicWrite.js';
import {
  readStudy,
  type Study,
  trialsAsCsv,
  trialsAsJson,
  trialsAsOptunaJournal,
} from '../../search/index.js';
import { catalogOf } from '../../search/storage/catalog.js';
import type { StudyCatalog } from '../../search/storage/storage.js';
import { plural } from '../../terminal/style.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { bestTrials } from '../search/searchReport.js';
import type {
  DeleteOptions,
  ListOptions,
  ShowOptions,
  StudyExportOptions,
} from './studyArguments.js';

/** `layerwise study list`, `show`, `export` and `delete`. */

export async function listStudies(
  { address, json }: ListOptions,
  { stdout }: CliContext,
): Promise<ExitCode> {
  const names = await withCatalog(address, (catalog) => catalog.list());
  if (json) stdout.json({ type: 'studies', names });
  else if (names.length === 0) stdout.line('There is no study.');
  else for (const name of names) stdout.line(name);
  return exitCodes.ok;
}

export async function showStudy(
  { address, name, json }: ShowOptions,
  { stdout }: CliContext,
): Promise<ExitCode> {
  const study = await readStudy(address, { name });
  if (json) {
    const { direction, context, space, trials } = study;
    const best = study.best?.number ?? null;
    stdout.json({ type: 'study', direction, best, context, space: space.space, trials });
    return exitCodes.ok;
  }
  stdout.line(`${name ?? address}: ${plural(study.trials.length, 'trial')}${statesOf(study)}.`);
  if (study.best === null) return exitCodes.ok;
  stdout.line('The best:');
  for (const line of bestTrials(study, stdout.lineWidth)) stdout.line(line);
  return exitCodes.ok;
}

export async function exportStudy(
  { address, name, out, format }: StudyExportOptions,
  { stdout }: CliContext,
): Promise<ExitCode> {
  const study = await readStudy(address, { name });
  const text = textOf(study, format, name);
  if (out === undefined) stdout.block(text.trimEnd());
  else {
    await atomicWrite(out, [new TextEncoder().encode(text)]);
    stdout.line(`Wrote ${plural(study.trials.length, 'trial')} to ${out}.`);
  }
  return exitCodes.ok;
}

export async function deleteStudy(
  { address, name = '' }: DeleteOptions,
  { stdout }: CliContext,
): Promise<ExitCode> {
  const isGone = await withCatalog(address, (catalog) => catalog.delete(name));
  if (isGone) {
    stdout.line(`Deleted ${name}.`);
    return exitCodes.ok;
  }
  throw new ArgumentError({
    path: '--name',
    expected: 'a study that the server has',
    received: `'${name}'`,
    remedy: 'layerwise study list says which there are.',
  });
}

async function withCatalog<Result>(
  address: string,
  action: (catalog: StudyCatalog) => Promise<Result>,
): Promise<Result> {
  const catalog = await catalogOf(address);
  try {
    return await action(catalog);
  } finally {
    await catalog.close();
  }
}

function textOf(study: Study, format: StudyExportOptions['format'], name?: string): string {
  if (format === 'csv') return trialsAsCsv(study);
  if (format === 'json') return trialsAsJson(study);
  return trialsAsOptunaJournal(study, name === undefined ? {} : { name });
}

function statesOf({ trials }: Study): string {
  const counts = (['complete', 'pruned', 'failed', 'running'] as const).flatMap((state) => {
    const count = trials.filter((trial) => trial.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  return counts.length === 0 ? '' : `: ${counts.join(', ')}`;
}
