import { stat } from 'node:fs/promises';
import { fileSize } from '../../data/bytes.js';
import { writeTableFile } from '../../data/tableFile.js';
import { encodedWidth } from '../../data/tableSchema.js';
import { formatBytes } from '../../quantities.js';
import { requireOrdinaryFile } from '../../tables/readTable.js';
import { StatusLine } from '../../terminal/statusLine.js';
import { painted, plural } from '../../terminal/style.js';
import { inFlags } from '../arguments/flagNames.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { shellPath } from '../terminal/shellText.js';
import { openTable, surveyNewTable } from '../training/trainingTable.js';
import type { ConvertOptions } from './convertArguments.js';

const verbs: Readonly<Record<string, string>> = { survey: 'Looking through', encode: 'Encoding' };

/** `layerwise convert`. */
export async function convert(options: ConvertOptions, context: CliContext): Promise<ExitCode> {
  const { data, out } = options;
  const { stdout } = context;
  const bytesOfTable = await requireOrdinaryFile(data);
  const status = new StatusLine(context.stderr);
  try {
    const onBytes = (path: string, pass: string, bytes: number): void => {
      const share = Math.floor((bytes / (bytesOfTable || 1)) * 100);
      status.draw(`${verbs[pass] ?? 'Reading'} ${path} ${share} %`);
    };
    const table = await openTable(data, { signal: context.interrupted, onBytes }, options);
    const survey = await surveyNewTable(table, options, 'convert');
    await writeTableFile(out, table.source, survey, options);
    status.clear();
    const { rows, droppedRows, schema } = survey;
    const inputs = encodedWidth(schema);
    const bytes = (await fileSize(out)) ?? (await stat(out)).size;
    const notices = survey.notices.map(inFlags);
    if (options.json) {
      const task = survey.task?.name ?? 'autoencoding';
      stdout.json({ file: out, rows, inputs, bytes, task, droppedRows, notices });
      return exitCodes.ok;
    }
    stdout.paragraph(
      painted('bold', data),
      `: ${plural(rows, 'row')}, ${plural(inputs, 'input')} of ${plural(schema.columns.length, 'column')}`,
    );
    if (survey.task)
      stdout.paragraph(`Task: ${survey.task.name}, as ${inFlags(survey.task.reason)}`);
    const dropped =
      droppedRows > 0 ? [`${plural(droppedRows, 'row')} without a target: not used.`] : [];
    for (const notice of [...dropped, ...notices]) {
      stdout.paragraph(painted('yellow', 'Note:'), ` ${notice}`);
    }
    stdout.paragraph(painted('green', 'Saved'), ` ${out} (${formatBytes(bytes)}). Train on it:`);
    stdout.line(`  layerwise train ${shellPath(out)} --out model.safetensors`);
    return exitCodes.ok;
  } finally {
    status.clear();
  }
}
