import { FileArgument } from '../arguments/files.js';
import { addFlags, type FlagValues, flag, switchFlag, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import { formatFlags, jsonFlag, threads } from '../arguments/sharedFlags.js';
import { unknownFlag } from '../predict/predictArguments.js';

/** The flags of `layerwise evaluate`. */

const flags = {
  labelsColumn: flag(
    '--labels-column <column>',
    'of an autoencoder: the column that says which rows are wrong',
    { sets: 'labelsColumn', isCommon: true },
  ),
  importance: switchFlag(
    '--importance',
    'tell how much the model needs each column; the file is read twice',
  ),
  unknown: unknownFlag,
  threads: flag('--threads <count>', 'default: all cores', { read: threads, sets: 'threads' }),
  json: jsonFlag,
  ...formatFlags,
};

/** What `evaluate` is asked to do, as plain data. */
export interface EvaluateOptions extends FlagValues<typeof flags> {
  readonly model: string;
  /** A table in a file or a folder; `-` for standard input. */
  readonly data: string;
}

export function addEvaluate(
  program: HelpfulCommand,
  accept: (options: EvaluateOptions) => void,
): void {
  const command = subcommand(
    program,
    'evaluate',
    'Measure a trained model by rows of which the truth is known.',
    help,
  )
    .addArgument(new FileArgument('input', '<model>', 'file that `layerwise train` wrote'))
    .addArgument(
      new FileArgument(
        'input',
        '<data>',
        'CSV, Parquet or JSON lines; a folder of such files; - for standard input',
      ),
    );
  addFlags(command, { 'Options:': flags });
  command.action((model: string, data: string, parsed) =>
    accept({ ...valuesOf(flags, parsed), model, data }),
  );
}

const help: HelpTexts = {
  examples: [
    'layerwise evaluate iris.safetensors test.csv',
    'layerwise evaluate houses.safetensors test.csv --json',
    'layerwise evaluate anomalies.safetensors labelled.csv --labels-column fault',
  ],
  details: `
The table needs the columns that the model was trained on, and the one that it predicts; rows without a
value in that one are left out. What is told
  of a classifier    accuracy, log loss, precision, recall and F1 of each class with their means, and
                     how often each class was taken for each
  of a regressor     R2, and errors in the unit of the target
  of an autoencoder  the mean score; with --labels-column, ROC AUC and the area under precision and
                     recall, and both by the threshold. A row is wrong where the column holds anything
                     but a missing value, 0, 0.0, false, no, none, ok or normal.
With --importance, each column is told with the rise of the loss (the cross-entropy, or the squared error in
squared standard deviations of the target) when its values are dealt out among the rows anew.
`,
};
