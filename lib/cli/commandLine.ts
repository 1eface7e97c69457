import { packageVersion } from '../version.js';
import { parseArguments } from './arguments.js';
import { type CliContext, type ExitCode, exitCodes } from './context.js';
import { failureJson, failureOf, failureText } from './failure.js';
import type { Invocation } from './options.js';
import { paintFor } from './style.js';

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
  try {
    invocation = parseArguments(words, {
      version: packageVersion(),
      width: context.stdout.columns,
    });
    return await execute(invocation, context);
  } catch (error) {
    if (context.interrupted.aborted && error === context.interrupted.reason) {
      context.stderr.write('Interrupted: no file was written.\n');
      return exitCodes.interrupted;
    }
    return reportFailure(error, invocation, context);
  }
}

/** Commands are loaded when they are called: `--help` needs no binary. */
async function execute(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  switch (invocation.command) {
    case 'print': {
      const { text, isError } = invocation;
      (isError ? context.stderr : context.stdout).write(text);
      return isError ? exitCodes.usage : exitCodes.ok;
    }
    case 'train': {
      const { train } = await import('./trainCommand.js');
      return train(invocation.options, context);
    }
    case 'search': {
      const { search } = await import('./searchCommand.js');
      return search(invocation.options, context);
    }
    case 'predict': {
      const { predict } = await import('./predictCommand.js');
      return predict(invocation.options, context);
    }
    case 'inspect': {
      const { inspect } = await import('./inspectCommand.js');
      return inspect(invocation.options, context);
    }
    case 'info': {
      const { info } = await import('./infoCommand.js');
      return info(invocation.options, context);
    }
  }
}

function reportFailure(
  error: unknown,
  invocation: Invocation | undefined,
  { stdout, stderr, environment }: CliContext,
): ExitCode {
  const failure = failureOf(error);
  if (invocation && 'options' in invocation && invocation.options.json) {
    stdout.write(`${JSON.stringify(failureJson(failure))}\n`);
  }
  const debug = Boolean(environment.LAYERWISE_DEBUG);
  stderr.write(failureText(failure, paintFor(stderr, environment), debug));
  return failure.exitCode;
}
