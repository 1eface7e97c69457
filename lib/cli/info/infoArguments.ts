import { addFlags, type FlagValues, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import { jsonFlag } from '../arguments/sharedFlags.js';

/** The flags of `layerwise info`. */

const flags = { json: jsonFlag };

/** What `info` is asked to do, as plain data. */
export type InfoOptions = FlagValues<typeof flags>;

export function addInfo(program: HelpfulCommand, accept: (options: InfoOptions) => void): void {
  const command = subcommand(
    program,
    'info',
    'Show what runs on which machine: the report for a question or a bug.',
    help,
  );
  addFlags(command, { 'Options:': flags });
  command.action((parsed) => accept(valuesOf(flags, parsed)));
}

const help: HelpTexts = {
  examples: ['layerwise info', 'LAYERWISE_ISA=avx2 layerwise info --json'],
  details: `
Versions, the binary with its compiler, instruction sets, processors, memory, and the variables of
the environment that count. No folder of yours and no other variable is in it, so that it can be
published. Where the binary is missing or does not load, it says why, and the exit code is 1.
`,
};
