import { FileArgument } from '../arguments/files.js';
import { addFlags, type FlagValues, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import { jsonFlag } from '../arguments/sharedFlags.js';

/** The flags of `layerwise import`. */

const flags = { json: jsonFlag };

/** What `import` is asked to do, as plain data. */
export interface ImportOptions extends FlagValues<typeof flags> {
  /** model.json of TensorFlow.js. */
  readonly model: string;
  /** The safetensors file that is written. */
  readonly out: string;
}

export function addImport(program: HelpfulCommand, accept: (options: ImportOptions) => void): void {
  const command = subcommand(
    program,
    'import',
    'Make a model of TensorFlow.js into one of this package.',
    help,
  )
    .addArgument(new FileArgument('input', '<model>', 'model.json, with its weights beside it'))
    .addArgument(new FileArgument('output', '<file>', 'the safetensors file to be written'));
  addFlags(command, { 'Options:': flags });
  command.action((model: string, out: string, parsed) => {
    accept({ ...valuesOf(flags, parsed), model, out });
  });
}

const help: HelpTexts = {
  examples: [
    'layerwise import digits/model.json digits.safetensors',
    'layerwise export digits.safetensors digits.onnx',
  ],
  details: `
Read are layers models, as \`model.save\` of TensorFlow.js and the converter from Keras write them, whose layers follow each
other: Dense, activations, BatchNormalization, LayerNormalization, Dropout, AlphaDropout, GaussianNoise and Flatten.
Weights may be quantized, and lie in several files. What has no twin here is an error that names its place, or a note
where it matters to trainings alone. Files of weights are only looked for in the folder of the model and below it.

The model is one of a program, which knows nothing of columns: \`load\` reads it, \`export\` and \`inspect\` take it.
`,
};
