import { codeOf, messageOf } from '../builtins.js';
import { painted } from '../terminal/style.js';
import { packageVersion } from '../version.js';
import { parseArguments } from './arguments/arguments.js';
import { checkFiles, isWritten } from './arguments/fileChecks.js';
import { FlagPlaces } from './arguments/flagPlaces.js';
import type { Invocation } from './arguments/invocation.js';
import type { CliContext } from './context.js';
import { codeOfInterruption, type ExitCode, exitCodes, Interrupted } from './exitCodes.js';
import { type Failure, failureJson, failureLines, failureOf } from './failure.js';

/**
 * Runs one command line and gives its exit code. Everything it needs comes in with the context, so
 * that it can run many times in one process.
 *
 * @param words without the paths of Node and of the program
 */
export async function runCommandLine(
  words: readonly string[],
  context: CliContext,
): Promise<ExitCode> {
  let invocation: Invocation | undefined;
  let files: readonly string[] = [];
  const places = new FlagPlaces();
  try {
    const request = parseArguments(words, {
      version: packageVersion(),
      width: context.stdout.columns,
      places,
    });
    invocation = request.invocation;
    files = request.files.map(({ path }) => path);
    await checkFiles(request.files);
    // A repair without --out writes to what it reads.
    const writes = request.files.some(isWritten) || invocation.command === 'study repair';
    if (writes) return await execute(invocation, context);
    return await executeForOutput(invocation, context);
  } catch (error) {
    if (error === context.stdout.lost.reason) return reportLostOutput(error, context);
    const isAborted = context.interrupted.aborted && error === context.interrupted.reason;
    // The button of a page asks for an end, too, and is no signal of the process.
    if (isAborted || error instanceof Interrupted) {
      context.stderr.line(`Interrupted: ${unwrittenBy(invocation)} was written.`);
      return codeOfInterruption(error);
    }
    return reportFailure(failureOf(error, files, places), invocation, context);
  }
}

/** A search has written its trials, when it comes to that of the best one, and a run its options. */
function unwrittenBy(invocation: Invocation | undefined): string {
  const isRun = invocation?.command === 'train' && invocation.options.run !== undefined;
  return isRun || invocation?.command === 'search' ? 'no model' : 'no file';
}

/** What is printed is all there is of this command: it ends when nobody takes that any more. */
async function executeForOutput(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const { stdout } = context;
  const interrupted = AbortSignal.any([context.interrupted, stdout.lost]);
  const exitCode = await execute(invocation, { ...context, interrupted });
  await stdout.delivered();
  return exitCode;
}

/** Commands are loaded when they are called: `--help` needs no binary. */
async function execute(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  switch (invocation.command) {
    case 'print': {
      const { text, isError } = invocation;
      (isError ? context.stderr : context.stdout).block(text);
      return isError ? exitCodes.usage : exitCodes.ok;
    }
    case 'train': {
      const { train } = await import('./train/trainCommand.js');
      return train(invocation.options, context);
    }
    case 'search': {
      const { search } = await import('./search/searchCommand.js');
      return search(invocation.options, context);
    }
    case 'evaluate': {
      const { evaluate } = await import('./evaluate/evaluateCommand.js');
      return evaluate(invocation.options, context);
    }
    case 'predict': {
      const { predict } = await import('./predict/predictCommand.js');
      return predict(invocation.options, context);
    }
    case 'report': {
      const { reportPage } = await import('./report/reportCommand.js');
      return reportPage(invocation.options, context);
    }
    case 'convert': {
      const { convert } = await import('./convert/convertCommand.js');
      return convert(invocation.options, context);
    }
    case 'export': {
      const { exportModel } = await import('./export/exportCommand.js');
      return exportModel(invocation.options, context);
    }
    case 'import': {
      const { importModel } = await import('./import/importCommand.js');
      return importModel(invocation.options, context);
    }
    case 'inspect': {
      const { inspect } = await import('./inspect/inspectCommand.js');
      return inspect(invocation.options, context);
    }
    case 'study repair': {
      const { repairStudy } = await import('./study/studyCommand.js');
      return repairStudy(invocation.options, context);
    }
    case 'study list': {
      const { listStudies } = await import('./study/storedStudies.js');
      return listStudies(invocation.options, context);
    }
    case 'study show': {
      const { showStudy } = await import('./study/storedStudies.js');
      return showStudy(invocation.options, context);
    }
    case 'study export': {
      const { exportStudy } = await import('./study/storedStudies.js');
      return exportStudy(invocation.options, context);
    }
    case 'study delete': {
      const { deleteStudy } = await import('./study/storedStudies.js');
      return deleteStudy(invocation.options, context);
    }
    case 'build': {
      const { build } = await import('./build/buildCommand.js');
      return build(invocation.options, context);
    }
    case 'course': {
      const { course } = await import('./course/courseCommand.js');
      return course(invocation.options, context);
    }
    case 'info': {
      const { info } = await import('./info/infoCommand.js');
      return info(invocation.options, context);
    }
  }
}

/** The reader of a pipe goes when it has what it wanted, as in `layerwise predict ... | head`. */
function reportLostOutput(error: unknown, { stderr }: CliContext): ExitCode {
  if (codeOf(error) === 'EPIPE') return exitCodes.ok;
  stderr.line(painted('red', 'error:'), ` standard output: ${messageOf(error)}`);
  return exitCodes.failure;
}

function reportFailure(
  failure: Failure,
  invocation: Invocation | undefined,
  { stdout, stderr, environment }: CliContext,
): ExitCode {
  const options = invocation && 'options' in invocation ? invocation.options : {};
  if ('json' in options && options.json) {
    stdout.json(failureJson(failure));
  }
  const debug = Boolean(environment.LAYERWISE_DEBUG);
  for (const line of failureLines(failure, debug)) stderr.paragraph(...line);
  return failure.exitCode;
}
