import { FileArgument } from '../arguments/files.js';
import { addFlags, type FlagValues, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import { jsonFlag } from '../arguments/sharedFlags.js';

/** The flags of `layerwise inspect`. */

const flags = { json: jsonFlag };

/** What `inspect` is asked to do, as plain data. */
export interface InspectOptions extends FlagValues<typeof flags> {
  readonly file: string;
}

export function addInspect(
  program: HelpfulCommand,
  accept: (options: InspectOptions) => void,
): void {
  const command = subcommand(
    program,
    'inspect',
    'Show what is in a model, a run, a checkpoint, or rows of `convert`.',
    help,
  ).addArgument(
    new FileArgument(
      'input',
      '<file>',
      'a model, or what else `train` and `convert` write; or an IDX file',
    ),
  );
  addFlags(command, { 'Options:': flags });
  command.action((file: string, parsed) => accept({ ...valuesOf(flags, parsed), file }));
}

const help: HelpTexts = {
  examples: [
    'layerwise inspect iris.safetensors',
    'layerwise inspect runs/1',
    'layerwise inspect t10k-images-idx3-ubyte.gz',
  ],
  details: `
Of a model: layers, parameters, the table that it was trained on, and how. Of the folder of a run: the command that
it is of, how far it is, its best epoch, its checkpoints. Of a checkpoint: the model, and where in its training it
is. Of rows of convert: how many, their columns, and how many of each class. Of an IDX file: type and dimensions.
`,
};
