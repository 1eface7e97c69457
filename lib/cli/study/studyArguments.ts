import { hasPassword, isServerAddress } from '../../search/storage/address.js';
import { FileArgument } from '../arguments/files.js';
import { addFlags, type FlagValues, flag, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, subcommand } from '../arguments/help.js';
import { jsonFlag } from '../arguments/sharedFlags.js';
import { UsageError } from '../arguments/usageError.js';
import { passwordInWords } from './studyAddress.js';

/** `layerwise study`: what can be done with the studies that searches have left, in files and on servers. */

const nameFlag = flag('--name <name>', 'of the study, where it lies on a server');

const repairFlags = {
  out: flag('--out <file>', 'write what is whole there (default: in its place)', {
    file: 'output',
  }),
  json: jsonFlag,
};

const listFlags = { json: jsonFlag };

const showFlags = { name: nameFlag, json: jsonFlag };

const formats = ['csv', 'json', 'optuna'] as const;

const exportFlags = {
  name: nameFlag,
  out: flag('--out <file>', 'write it there (default: print it)', { file: 'output' }),
  format: flag('--format <format>', 'of what is written (default: by the ending of --out)', {
    choices: formats,
  }),
};

const deleteFlags = { name: nameFlag };

/** What `study repair` is asked to do, as plain data. */
export interface RepairOptions extends FlagValues<typeof repairFlags> {
  /** The journal of a study. */
  readonly file: string;
}

interface Addressed {
  /** A journal, or a server. */
  readonly address: string;
}

export interface ListOptions extends FlagValues<typeof listFlags>, Addressed {}
export interface ShowOptions extends FlagValues<typeof showFlags>, Addressed {}
export interface DeleteOptions extends FlagValues<typeof deleteFlags>, Addressed {}
export interface StudyExportOptions extends FlagValues<typeof exportFlags>, Addressed {
  readonly format: (typeof formats)[number];
}

export type StudyInvocation =
  | { readonly command: 'study repair'; readonly options: RepairOptions }
  | { readonly command: 'study list'; readonly options: ListOptions }
  | { readonly command: 'study show'; readonly options: ShowOptions }
  | { readonly command: 'study export'; readonly options: StudyExportOptions }
  | { readonly command: 'study delete'; readonly options: DeleteOptions };

const addressHelp = 'a journal, or postgres://... or redis://...';

export function addStudy(
  program: HelpfulCommand,
  accept: (invocation: StudyInvocation) => void,
): void {
  const study = subcommand(
    program,
    'study',
    'Look at the studies of searches, export and repair them.',
    {
      examples: [
        'layerwise study list postgres://me@db/studies',
        'layerwise study show houses.jsonl',
        'layerwise study export houses.jsonl --out houses.csv',
        'layerwise study repair houses.jsonl',
      ],
    },
  );
  addList(study, (options) => accept({ command: 'study list', options }));
  addShow(study, (options) => accept({ command: 'study show', options }));
  addExport(study, (options) => accept({ command: 'study export', options }));
  addDelete(study, (options) => accept({ command: 'study delete', options }));
  addRepair(study, (options) => accept({ command: 'study repair', options }));
}

function addList(study: HelpfulCommand, accept: (options: ListOptions) => void): void {
  const list = subcommand(study, 'list', 'List the studies of a server.', {
    examples: ['layerwise study list postgres://me@db/studies'],
    details: passwords,
  }).addArgument(new FileArgument('input', '<address>', 'postgres://... or redis://...'));
  addFlags(list, { 'Options:': listFlags });
  list.action((address: string, parsed) => {
    requireServer(address, 'study list');
    accept({ ...valuesOf(listFlags, parsed), address });
  });
}

function addShow(study: HelpfulCommand, accept: (options: ShowOptions) => void): void {
  const show = subcommand(study, 'show', 'Print the best trials of a study.', {
    examples: [
      'layerwise study show houses.jsonl',
      'layerwise study show postgres://me@db/studies --name houses',
    ],
    details: `\nAlso of a study that is being worked on.\n${passwords}`,
  }).addArgument(new FileArgument('input', '<study>', addressHelp));
  addFlags(show, { 'Options:': showFlags });
  show.action((address: string, parsed) => {
    const values = valuesOf(showFlags, parsed);
    requireNamed(address, values.name, 'study show');
    accept({ ...values, address });
  });
}

function addExport(study: HelpfulCommand, accept: (options: StudyExportOptions) => void): void {
  const command = subcommand(
    study,
    'export',
    'Write the trials of a study as CSV, JSON or for Optuna.',
    {
      examples: [
        'layerwise study export houses.jsonl --out houses.csv',
        'layerwise study export houses.jsonl --out optuna.log --format optuna',
      ],
      details: `
The format optuna is the journal that Optuna 5 reads, and its dashboard with it:
  optuna-dashboard optuna.log
${passwords}`,
    },
  ).addArgument(new FileArgument('input', '<study>', addressHelp));
  addFlags(command, { 'Options:': exportFlags });
  command.action((address: string, parsed) => {
    const values = valuesOf(exportFlags, parsed);
    requireNamed(address, values.name, 'study export');
    const ending = formats.find((format) => values.out?.toLowerCase().endsWith(`.${format}`));
    const format = values.format ?? ending;
    if (format === undefined) {
      throw new UsageError('say with --format what to write: csv, json or optuna', 'study export');
    }
    accept({ ...values, address, format });
  });
}

function addDelete(study: HelpfulCommand, accept: (options: DeleteOptions) => void): void {
  const command = subcommand(study, 'delete', 'Delete a study from a server.', {
    examples: ['layerwise study delete postgres://me@db/studies --name houses'],
    details: `\nWhoever works on it ends with an error. A journal is a file: delete that.\n${passwords}`,
  }).addArgument(new FileArgument('input', '<address>', 'postgres://... or redis://...'));
  addFlags(command, { 'Options:': deleteFlags });
  command.action((address: string, parsed) => {
    const values = valuesOf(deleteFlags, parsed);
    requireServer(address, 'study delete');
    requireNamed(address, values.name, 'study delete');
    accept({ ...values, address });
  });
}

const passwords = `
Passwords belong into LAYERWISE_STUDY_PASSWORD, PGPASSWORD or ~/.pgpass.
`;

/** @throws UsageError */
function requireServer(address: string, command: string): void {
  if (!isServerAddress(address)) {
    throw new UsageError('takes postgres://... or redis://...; a file holds one study', command);
  }
  requireNoPassword(address, command);
}

function requireNamed(address: string, name: string | undefined, command: string): void {
  requireNoPassword(address, command);
  const isServer = isServerAddress(address);
  if (isServer && name === undefined) {
    throw new UsageError('a server holds many studies: say which with --name', command);
  }
  if (!isServer && name !== undefined) throw new UsageError('a file takes no --name', command);
}

function requireNoPassword(address: string, command: string): void {
  if (hasPassword(address)) throw new UsageError(passwordInWords(''), command);
}

function addRepair(study: HelpfulCommand, accept: (options: RepairOptions) => void): void {
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
  addFlags(repair, { 'Options:': repairFlags });
  repair.action((file: string, parsed) => accept({ ...valuesOf(repairFlags, parsed), file }));
}
