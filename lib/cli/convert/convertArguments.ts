import { FileArgument } from '../arguments/files.js';
import { addFlags, type FlagValues, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import {
  jsonFlag,
  learningFlags,
  requireNoConflict,
  tableFlags,
} from '../arguments/sharedFlags.js';
import { UsageError } from '../arguments/usageError.js';

/** The flags of `layerwise convert`. */

const whatToLearn = {
  target: learningFlags.target,
  task: learningFlags.task,
  autoencoder: learningFlags.autoencoder,
};

const flags = { ...whatToLearn, ...tableFlags, json: jsonFlag };

/** What `convert` is asked to do, as plain data. */
export interface ConvertOptions extends Omit<FlagValues<typeof flags>, 'ignore'> {
  /** A table in a file or a folder. */
  readonly data: string;
  /** The safetensors file that is written. */
  readonly out: string;
  /** Columns that are no inputs. */
  readonly ignore: readonly string[];
}

export function addConvert(
  program: HelpfulCommand,
  accept: (options: ConvertOptions) => void,
): void {
  const command = subcommand(
    program,
    'convert',
    'Make a table into a file of rows, to train on without having them in memory.',
    help,
  )
    .addArgument(
      new FileArgument('input', '<table>', 'CSV, Parquet or JSON lines; a folder of such files'),
    )
    .addArgument(new FileArgument('output', '<rows>', 'the safetensors file to be written'));
  addFlags(command, {
    'What is to be learned:': whatToLearn,
    'Table:': tableFlags,
    'Output:': { json: jsonFlag },
  });
  command.action((data: string, out: string, parsed) => {
    if (out.endsWith('.npy')) {
      throw new UsageError(
        'rows are written as safetensors: name the file so, not .npy',
        'convert',
      );
    }
    const given = valuesOf(flags, parsed);
    const none = { labels: undefined, code: undefined, contamination: undefined, balanced: false };
    requireNoConflict({ ...given, ...none }, 'convert');
    accept({ ...given, data, out, ignore: given.ignore ?? [] });
  });
}

const help: HelpTexts = {
  examples: [
    'layerwise convert clicks.csv.gz clicks.safetensors --target bought --ignore id',
    'layerwise train clicks.safetensors --out model.safetensors',
  ],
  details: `
The table is read twice, from the disk, and encoded as \`train\` does it: \`train --help\` says how
columns become inputs. What a row takes in memory meanwhile is 4 bytes, for its target.

The file has the tensors inputs (float32, one row after the other) and targets (int32 for classes, float32
for numbers, standardised), and in its metadata how the table was encoded. \`train\` reads its rows from the
disk, shuffled as those in memory are: the model is the same, and applies to tables like the first one.
`,
};
