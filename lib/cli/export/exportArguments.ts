import { autoencoderParts } from '../../export/exported.js';
import { FileArgument } from '../arguments/files.js';
import { addFlags, type FlagValues, flag, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import { jsonFlag } from '../arguments/sharedFlags.js';
import { UsageError } from '../arguments/usageError.js';

/** The flags of `layerwise export`. */

const flags = {
  part: flag('--part <part>', 'of an autoencoder: a part of its network alone', {
    choices: autoencoderParts,
    sets: 'part',
    isCommon: true,
  }),
  json: jsonFlag,
};

/** What `export` is asked to do, as plain data. */
export interface ExportOptions extends FlagValues<typeof flags> {
  /** A safetensors file. */
  readonly model: string;
  /** The ONNX file that is written. */
  readonly out: string;
}

export function addExport(program: HelpfulCommand, accept: (options: ExportOptions) => void): void {
  const command = subcommand(
    program,
    'export',
    'Write a model as an ONNX file, which other programs run.',
    help,
  )
    .addArgument(new FileArgument('input', '<model>', 'what `train` or `save` has written'))
    .addArgument(new FileArgument('output', '<file>', 'the ONNX file to be written'));
  addFlags(command, { 'Options:': flags });
  command.action((model: string, out: string, parsed) => {
    if (!out.toLowerCase().endsWith('.onnx')) {
      throw new UsageError(`ONNX is what is written: name the file .onnx, not ${out}`, 'export');
    }
    accept({ ...valuesOf(flags, parsed), model, out });
  });
}

const help: HelpTexts = {
  examples: [
    'layerwise export power.safetensors power.onnx',
    'layerwise export detector.safetensors encoder.onnx --part encoder',
  ],
  details: `
ONNX Runtime and others run the file without this package. All that the model knows of its data is in it. Of a table:
each column is an input by its name, of one value for each row: numbers as float64, texts as strings, dates as
milliseconds since 1970. Of images: their values as they are. What comes out is the prediction, and the probability of
each class; of an autoencoder how unusual the row is. The names and types are printed.

A model that a program has saved without such knowledge takes what its network takes, as "input". So does a part of an
autoencoder (--part), be it of a table or of images: reconstruction, encoder, decoder or score.
`,
};
