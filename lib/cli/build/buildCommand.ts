import { CompilationError, type CompileOptions, compileCore } from '../../compile.js';
import { formatBytes } from '../../quantities.js';
import { StatusLine } from '../../terminal/statusLine.js';
import { formatDuration } from '../../terminal/style.js';
import { packageVersion } from '../../version.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import type { BuildOptions } from './buildArguments.js';

/** `layerwise build`. It is for installations without a binary, so nothing here may load one. */
export async function build(
  { jobs, verbose, json }: BuildOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { stdout, stderr, interrupted } = context;
  const started = performance.now();
  const version = packageVersion();
  const platform = `${process.platform}-${process.arch}`;
  const compiled = await compileWithStatus(
    {
      jobs,
      signal: interrupted,
      onStart: (compiler) => {
        stderr.line(`Compiling layerwise ${version} for ${platform} with ${compiler} ...`);
      },
    },
    verbose,
    context,
  );
  const seconds = (performance.now() - started) / 1000;
  const { file, bytes, compiler } = compiled;
  if (json) {
    stdout.json({ type: 'built', version, platform, file, bytes, compiler, seconds });
    return exitCodes.ok;
  }
  stdout.line(`Compiled in ${formatDuration(seconds)}: ${file} (${formatBytes(bytes)})`);
  return exitCodes.ok;
}

/** Shows how far it is, or all that is printed, and where it fails the end of that. */
async function compileWithStatus(
  options: CompileOptions,
  verbose: boolean,
  { stderr }: CliContext,
): ReturnType<typeof compileCore> {
  const status = new StatusLine(stderr);
  try {
    return await compileCore({
      ...options,
      onProgress: (done, files) => {
        if (!verbose) status.draw(`file ${done} of ${files}`);
      },
      onOutput: verbose ? (text) => stderr.block(text) : undefined,
    });
  } catch (error) {
    status.clear();
    if (error instanceof CompilationError && !verbose) stderr.block(endOf(error.output));
    throw error;
  } finally {
    status.clear();
  }
}

const mostLinesShown = 60;

/** The first errors of the compiler, or else the last lines. */
function endOf(output: string): string {
  const lines = output.trimEnd().split('\n');
  const first = lines.findIndex((line) => /\berror\b/i.test(line) && !/^gyp ERR!/.test(line));
  const start = first >= 0 ? Math.max(0, first - 2) : Math.max(0, lines.length - mostLinesShown);
  return lines.slice(start, start + mostLinesShown).join('\n');
}
