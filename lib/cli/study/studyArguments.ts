import { FileArgument } from '../arguments/files.js';
import { addFlags, type FlagValues, flag, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, subcommand } from '../arguments/help.js';
import { jsonFlag } from '../arguments/sharedFlags.js';

/** `layerwise study`: what can be done with the journal of a search. */

const flags = {
  out: flag('--out <file>', 'write what is whole there (default: in its place)', {
    file: 'output',
  }),
  json: jsonFlag,
};

/** What `study repair` is asked to do, as plain data. */
export interface RepairOptions extends FlagValues<typeof flags> {
  /** The journal of a study. */
  readonly file: string;
}

export function addStudy(program: HelpfulCommand, accept: (options: RepairOptions) => void): void {
  const study = subcommand(program, 'study', 'Repair the journal of a search.', {
    examples: ['layerwise study repair houses.jsonl'],
  });
  const repair = subcommand(study, 'repair', 'Save what is whole of a damaged journal.', {
    examples: [
      'layerwise study repair houses.jsonl',
      'layerwise study repair houses.jsonl --out repaired.jsonl',
    ],
    details: `
A journal that \`search --study\` or \`openStudy\` cannot read any more: lines that are damaged, or that
cannot follow on those before them, are left out, and each of them is named. What was there is kept
beside it, as <file>.damaged; with --out, it stays where it is. Trials that have lost their end are
run again when the search goes on. A journal that is whole is left alone.

Without its first line, which has the space that is searched, nothing can be saved.
`,
  }).addArgument(new FileArgument('input', '<file>', 'the journal of a search'));
  addFlags(repair, { 'Options:': flags });
  repair.action((file: string, parsed) => accept({ ...valuesOf(flags, parsed), file }));
}
