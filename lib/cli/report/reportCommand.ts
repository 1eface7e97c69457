import { basename } from 'node:path';
import { formatBytes } from '../../quantities.js';
import { collectReport, type ReportParts } from '../../report/collect.js';
import { studyFacts } from '../../report/facts.js';
import { writePage } from '../../report/writePage.js';
import { readStudy } from '../../search/index.js';
import { painted } from '../../terminal/style.js';
import type { CliContext } from '../context.js';
import { languageOf } from '../course/language.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { isSafetensorsFile } from '../models/files.js';
import { modelParts } from './modelParts.js';
import type { ReportOptions } from './reportArguments.js';
import { runParts } from './runParts.js';
import { isFolder, withoutData } from './sources.js';

/** `layerwise report`. */
export async function reportPage(options: ReportOptions, context: CliContext): Promise<ExitCode> {
  const { source, out, json, lang, title } = options;
  const { stdout } = context;
  const parts = await partsOf(options, context);
  const language = lang ?? languageOf(context.environment);
  const report = await collectReport({ ...parts, language, title: title ?? parts.title });
  const bytes = await writePage(out, report);
  const sections = report.sections.map(({ type }) => type);
  if (json) {
    stdout.json({ type: 'report', source, path: out, bytes, sections });
    return exitCodes.ok;
  }
  stdout.paragraph(painted('green', 'Written:'), ` ${out} (${formatBytes(bytes)})`);
  if (options.data === undefined && parts.networks !== undefined) {
    stdout.paragraph(
      'Name a file of rows behind it, and the page shows how good the model is on these.',
    );
  }
  return exitCodes.ok;
}

/** All but what the caller says. */
type FoundParts = Omit<ReportParts, 'language'>;

async function partsOf(options: ReportOptions, context: CliContext): Promise<FoundParts> {
  const { source } = options;
  if (await isFolder(source)) return await runParts(options, context);
  if (await isSafetensorsFile(source)) return await modelParts(source, options, context);
  withoutData(options);
  return await journalParts(options);
}

async function journalParts({ source }: ReportOptions): Promise<FoundParts> {
  const study = await readStudy(source);
  return { title: basename(source), subject: 'search', facts: studyFacts(study), study };
}
