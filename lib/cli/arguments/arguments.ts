import { type Command, CommanderError } from 'commander';
import { addBuild } from '../build/buildArguments.js';
import { addConvert } from '../convert/convertArguments.js';
import { addCourse } from '../course/courseArguments.js';
import { addEvaluate } from '../evaluate/evaluateArguments.js';
import { addExport } from '../export/exportArguments.js';
import { addImport } from '../import/importArguments.js';
import { addInfo } from '../info/infoArguments.js';
import { addInspect } from '../inspect/inspectArguments.js';
import { addPredict } from '../predict/predictArguments.js';
import { addReport } from '../report/reportArguments.js';
import { addResume, trainingOf } from '../run/resumeArguments.js';
import { addSearch } from '../search/searchArguments.js';
import { addStudy } from '../study/studyArguments.js';
import { addTrain } from '../train/trainArguments.js';
import type { NamedFile } from './files.js';
import { FlagPlaces } from './flagPlaces.js';
import { filesOf, flagsOf, nameOf, takesList } from './flags.js';
import { HelpfulCommand, type HelpTexts } from './help.js';
import type { Invocation } from './invocation.js';
import { settle } from './settle.js';
import { UsageError } from './usageError.js';

/** From the words of the command line to plain options. Nothing is run here, and read only the file of --config. */

interface ParserOptions {
  readonly version: string;
  /** Columns of the terminal that the help is wrapped to. */
  readonly width?: number | undefined;
  /** Is told where flags are set that nobody typed. */
  readonly places?: FlagPlaces | undefined;
}

/** What the command line asks for. */
export interface Request {
  readonly invocation: Invocation;
  /** All files that it names. */
  readonly files: readonly NamedFile[];
}

/**
 * Reads the command line.
 *
 * @param words without the paths of Node and of the program
 * @throws UsageError
 */
export function parseArguments(words: readonly string[], options: ParserOptions): Request {
  const output: string[] = [];
  const complaints: string[] = [];
  const invocations: Invocation[] = [];
  const files: NamedFile[] = [];
  const program = buildProgram(options, (invocation) => invocations.push(invocation));
  program.wantsShortHelp = words.includes('-h') && !words.includes('--help');
  const { places = new FlagPlaces() } = options;
  program.hook('preAction', (_, command) => {
    const meant = command.name() === 'resume' ? trainingOf(command) : command;
    settle(meant, places);
    files.push(...filesOf(meant));
  });
  const commands = commandsIn(program);
  for (const command of commands) {
    command.exitOverride().configureOutput({
      writeOut: (text) => output.push(text),
      writeErr: (text) => complaints.push(text),
      getOutHelpWidth: () => Math.min(options.width || 100, 100),
    });
  }
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return printing(output.join(''), false);
    // What has commands of its own, called without one.
    if (error.code === 'commander.help') return printing(complaints.join(''), true);
    throw usageErrorOf(error, words, commands);
  }
  const [invocation] = invocations;
  if (invocation) return { invocation, files };
  throw new UsageError('no command is given');
}

/** A command, and those within it. */
export function commandsIn(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsIn)];
}

function printing(text: string, isError: boolean): Request {
  return { invocation: { command: 'print', text, isError }, files: [] };
}

function usageErrorOf(
  error: CommanderError,
  words: readonly string[],
  commands: readonly Command[],
): UsageError {
  const named = (command: Command) => pathOf(command).every((word) => words.includes(word));
  // The innermost: `study repair`, and not `study`.
  const command = commands.findLast((one) => one.parent !== null && named(one));
  const message = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return new UsageError(
    `${message}${hintFor(error, words, command)}`,
    command ? pathOf(command).join(' ') : '',
  );
}

/** `['study', 'repair']`. */
function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

/** A flag that takes several words takes the file behind them for one of these. */
function hintFor(
  { code }: CommanderError,
  words: readonly string[],
  command: Command | undefined,
): string {
  if (code !== 'commander.missingArgument' || command === undefined) return '';
  const lists = flagsOf(command).filter(takesList).map(nameOf);
  const list = lists.find((name) => words.includes(name));
  return list === undefined
    ? ''
    : `; write it in front of ${list}, which takes all words behind it`;
}

/** The description of all commands. */
export function buildProgram(
  { version }: ParserOptions,
  accept: (invocation: Invocation) => void,
): HelpfulCommand {
  const program = new HelpfulCommand('layerwise')
    .helps('Trains neural networks on tables and images, and applies them.', help)
    .version(version, '-v, --version', 'print the version');
  addTrain(program, (options) => accept({ command: 'train', options }));
  addResume(program, (options) => accept({ command: 'train', options }));
  addSearch(program, (options) => accept({ command: 'search', options }));
  addPredict(program, (options) => accept({ command: 'predict', options }));
  addEvaluate(program, (options) => accept({ command: 'evaluate', options }));
  addReport(program, (options) => accept({ command: 'report', options }));
  addConvert(program, (options) => accept({ command: 'convert', options }));
  addExport(program, (options) => accept({ command: 'export', options }));
  addImport(program, (options) => accept({ command: 'import', options }));
  addInspect(program, (options) => accept({ command: 'inspect', options }));
  addStudy(program, accept);
  addBuild(program, (options) => accept({ command: 'build', options }));
  addCourse(program, (options) => accept({ command: 'course', options }));
  addInfo(program, (options) => accept({ command: 'info', options }));
  return program;
}

const help: HelpTexts = {
  examples: [
    'layerwise train houses.csv --target price --out model.safetensors',
    'layerwise search houses.csv --target price --trials 50 --out model.safetensors',
    'layerwise predict model.safetensors new-houses.csv --out scored.csv',
    'layerwise evaluate model.safetensors test-houses.csv',
    'layerwise report model.safetensors test-houses.csv',
    'layerwise train sensors.csv --autoencoder --code 8 --out anomalies.safetensors',
    'layerwise export model.safetensors model.onnx',
    'layerwise inspect model.safetensors',
  ],
  details: `
Run \`layerwise <command> --help\` for the options of a command.

Exit codes:
  0    done; also where the reader of what is printed has gone, as in layerwise predict ... | head
  1    failed: the training diverged, the disk is full, the binary is missing, ...
  2    wrong arguments, or data that cannot be used
  75   ended by a time limit before all was done; the same command goes on, where there are checkpoints or
       a journal
  129  ended by SIGHUP, 130 by Ctrl-C, 143 by SIGTERM, 149 by Ctrl-Break (Windows); what was done so far
       is saved

Environment:
  LAYERWISE_THREADS  threads, where --threads is not given
  LAYERWISE_ISA      instruction set: scalar, avx2, avx512 or neon
  LAYERWISE_DEBUG    any value: print the stack of an error
  NO_COLOR           any value: no colours
`,
};
