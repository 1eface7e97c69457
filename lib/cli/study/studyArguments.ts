import type { Command } from 'commander';
import { FileArgument, FileOption } from '../arguments/fileOptions.js';
import type { RepairOptions } from '../arguments/options.js';
import { type Accept, subcommand } from '../arguments/sharedArguments.js';

/** `layerwise study`: what can be done with the journal of a search. */

const studyHelp = `
Examples:
  $ layerwise study repair houses.jsonl
`;

const repairHelp = `
A journal that \`search --study\` or \`openStudy\` cannot read any more: lines that are damaged, or that
cannot follow on those before them, are left out, and each of them is named. What was there is kept
beside it, as <file>.damaged; with --out, it stays where it is. Trials that have lost their end are
run again when the search goes on. A journal that is whole is left alone.

Without its first line, which has the space that is searched, nothing can be saved.

Examples:
  $ layerwise study repair houses.jsonl
  $ layerwise study repair houses.jsonl --out repaired.jsonl
`;

export function addStudy(program: Command, accept: Accept): void {
  const study = subcommand(program, 'study', 'Repair the journal of a search.', studyHelp);
  subcommand(study, 'repair', 'Save what is whole of a damaged journal.', repairHelp)
    .addArgument(new FileArgument('input', '<file>', 'the journal of a search'))
    .addOption(
      new FileOption('output', '--out <file>', 'write what is whole there (default: in its place)'),
    )
    .option('--json', 'print one JSON object')
    .action((file: string, { out, json = false }: Partial<RepairOptions>) =>
      accept({ command: 'study repair', options: { file, out, json } }),
    );
}
