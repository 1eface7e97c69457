import { FileArgument } from '../arguments/files.js';
import { addFlags, type FlagValues, flag, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import { formatFlags, jsonFlag, threads } from '../arguments/sharedFlags.js';

/** The flags of `layerwise report`. */

/** The language of a page; that of the locale where it is not given. */
export const languageFlag = flag(
  '--lang <language>',
  'of the page: en or ko (default: as the locale)',
  {
    choices: ['en', 'ko'],
  },
);

const flags = {
  out: flag('--out <file>', 'the page to be written', {
    letter: 'o',
    file: 'output',
    fallback: 'report.html',
    fallbackText: 'report.html',
    isCommon: true,
  }),
  labels: flag('--labels <file>', 'IDX file with the labels of the images', { file: 'input' }),
  labelsColumn: flag(
    '--labels-column <column>',
    'of an autoencoder: the column that says which rows are wrong',
    { sets: 'labelsColumn', isCommon: true },
  ),
  title: flag('--title <text>', 'what the page is called (default: the name of the file)', {
    isCommon: true,
  }),
  lang: languageFlag,
  threads: flag('--threads <count>', 'default: all cores', { read: threads, sets: 'threads' }),
  json: jsonFlag,
  ...formatFlags,
};

/** What `report` is asked to do, as plain data. */
export interface ReportOptions extends FlagValues<typeof flags> {
  /** The folder of a run, a model, or the journal of a search. */
  readonly source: string;
  /** Rows to judge the model by. */
  readonly data?: string | undefined;
}

export function addReport(program: HelpfulCommand, accept: (options: ReportOptions) => void): void {
  const command = subcommand(
    program,
    'report',
    'Show a run, a model or a search as a page for the browser.',
    help,
  )
    .addArgument(
      new FileArgument('input', '<source>', 'folder of a run, model, or journal of a search'),
    )
    .addArgument(
      new FileArgument('input', '[data]', 'CSV or IDX file of rows to judge the model by'),
    );
  addFlags(command, { 'Options:': flags });
  command.action((source: string, data: string | undefined, parsed) =>
    accept({ ...valuesOf(flags, parsed), source, ...(data !== undefined && { data }) }),
  );
}

const help: HelpTexts = {
  examples: [
    'layerwise report runs/1',
    'layerwise report houses.safetensors test.csv -o houses.html',
    'layerwise report anomalies.safetensors labelled.csv --labels-column fault',
    'layerwise report houses.jsonl --lang ko',
  ],
  details: `
The page is one HTML file, which needs no network and no other file: it can be kept, sent, and printed. It shows
  of a run           the curves of loss, metrics and learning rate
  of a model         its layers and weights
  with rows          of a classifier the confusion matrix, ROC, precision and recall, calibration, and the worst
                     mistakes; of a regressor predicted against actual numbers and the errors; of an autoencoder the
                     scores with the threshold, and the most unusual rows with the columns to blame; and the
                     importance of columns
  of a search        history, parallel coordinates, values by parameter, importance of parameters, and the times
Behind every chart is a table. Judge a model by rows that it has not learned from.
`,
};
