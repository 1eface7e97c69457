import { formatNamed, formatNames } from '../../data/formats/openTable.js';
import type { FormatName } from '../../data/formats/tableFormat.js';
import type { UnknownPolicy } from '../../data/tableEncoder.js';
import { FileArgument } from '../arguments/files.js';
import { addFlags, type FlagValues, flag, switchFlag, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import { formatFlags, threads } from '../arguments/sharedFlags.js';
import { UsageError } from '../arguments/usageError.js';

/** The flags of `layerwise predict`. */

export const unknownFlag = flag(
  '--unknown <policy>',
  'texts that training did not see, in a column of few: error, or ignore (encode as zeros)',
  {
    choices: ['error', 'ignore'] as readonly UnknownPolicy[],
    fallback: 'error',
    fallbackText: 'error',
    sets: 'unknown',
    isCommon: true,
  },
);

const flags = {
  out: flag('--out <file>', 'write the rows there (default: standard output)', {
    file: 'output',
    isCommon: true,
  }),
  format: flag('--format <name>', 'what is written (default: by the ending of --out, or csv)', {
    choices: formatNames,
    sets: 'format',
    isCommon: true,
  }),
  unknown: unknownFlag,
  escapeFormulas: switchFlag(
    '--escape-formulas',
    "put ' before texts that a spreadsheet would take for formulas: = + - @ ...",
    { sets: 'escapeFormulas' },
  ),
  threads: flag('--threads <count>', 'default: all cores', { read: threads, sets: 'threads' }),
  json: switchFlag('--json', 'print the summary as JSON on standard output (needs --out)', {
    isCommon: true,
  }),
  ...formatFlags,
};

/** What `predict` is asked to do, as plain data. */
export interface PredictOptions extends FlagValues<typeof flags> {
  readonly model: string;
  /** A table or images; `-` for standard input. */
  readonly data: string;
}

export function addPredict(
  program: HelpfulCommand,
  accept: (options: PredictOptions) => void,
): void {
  const command = subcommand(
    program,
    'predict',
    'Apply a trained model to new rows or images.',
    help,
  )
    .addArgument(new FileArgument('input', '<model>', 'file that `layerwise train` wrote'))
    .addArgument(
      new FileArgument(
        'input',
        '<data>',
        'CSV, Parquet, JSON lines or IDX; a folder of such tables; - for standard input',
      ),
    );
  addFlags(command, { 'Options:': flags });
  command.action((model: string, data: string, parsed) => {
    const options = { ...valuesOf(flags, parsed), model, data };
    if (options.json && options.out === undefined) {
      throw new UsageError('--json needs --out: standard output carries the rows', 'predict');
    }
    if (options.format !== undefined && options.out === undefined) {
      requireText(options.format);
    }
    accept(options);
  });
}

/** @throws UsageError for a format of bytes, which no terminal shows */
function requireText(format: FormatName): void {
  if (formatNamed(format).isText) return;
  throw new UsageError(`--format ${format} needs --out: it is no text`, 'predict');
}

const help: HelpTexts = {
  examples: [
    'layerwise predict iris.safetensors new.csv --out scored.csv',
    'layerwise predict iris.safetensors new.csv --unknown ignore > scored.csv',
    'layerwise predict iris.safetensors new.parquet --out scored.parquet',
    'cat new.csv | layerwise predict iris.safetensors - | head',
  ],
  details: `
The new table needs the columns that the model was trained on, in any order; other columns do no
harm. All of them are kept, and in front. Behind them come
  a classifier    prediction, and probability_<class> for each class
  a regressor     prediction; with a detector (of a program), where the table has the target too,
                  anomaly_score and anomaly, by how far the target is from the prediction
  an autoencoder  reconstruction_error (mean over the inputs), and worst_column: the column
                  without which the row fits best; trained with --contamination, also worst_value
                  and expected_value: what the row has there, and what would fit the rest of
                  it; anomaly_score: how unusual the row is, about 1 for most; and anomaly: 1
                  where the score is above the threshold, else 0 (of models of 0.2: the error)
For IDX images the rows are numbered in a column called item; an autoencoder gives the worst_pixel
as row:column, from 0.
The rows are written as CSV, Parquet or JSON lines, by the ending of --out (.parquet, .jsonl or
.ndjson; CSV for all others) or by --format. Rows are read, scored and written in small batches: a file may be larger
than the memory. The file --out appears only when it is complete.
`,
};
