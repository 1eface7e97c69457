import { createRequire } from 'node:module';
import { join } from 'node:path';
import { firstLineOf, loadFailure } from './binary/loadFailure.js';
import { isError } from './builtins.js';
import { type ErrorCause, type ErrorDetails, NativeBinaryError } from './errors.js';
import { packageRoot } from './version.js';

/** Compiles the core from the sources in the package, by the scripts that a checkout builds with too. */

export interface CompileOptions {
  /** Compilers at a time; as many as there are cores when undefined. */
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told the compiler that is used. */
  readonly onStart?: ((compiler: string) => void) | undefined;
  /** Told how many files the compiler has begun. */
  readonly onProgress?: ((done: number, files: number) => void) | undefined;
  /** Given what the compiler prints. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

export interface Compiled {
  readonly file: string;
  readonly bytes: number;
  readonly compiler: string;
}

interface CompileScript {
  compile(options: CompileOptions): Promise<Compiled>;
}

/** What the compiler printed before it failed, beside what is told of the failure. */
export class CompilationError extends NativeBinaryError {
  constructor(
    details: ErrorDetails,
    readonly output: string,
    options?: ErrorCause,
  ) {
    super(details, options);
  }
}

/**
 * Leaves the binary where the package looks for it first.
 *
 * @throws CompilationError, or another NativeBinaryError where there is no package around the code.
 */
export async function compileCore(options: CompileOptions): Promise<Compiled> {
  const root = packageRoot();
  if (root === null) throw loadFailure(null, null, undefined);
  const require = createRequire(join(root, 'package.json'));
  try {
    const { compile } = require(join(root, 'scripts/compile.cjs')) as CompileScript;
    return await compile(options);
  } catch (error) {
    throw compilationErrorOf(error, root);
  }
}

function compilationErrorOf(error: unknown, root: string): unknown {
  if (!isError(error)) return error;
  const { details, output, code } = error as {
    details?: ErrorDetails;
    output?: string;
    code?: unknown;
  };
  if (details !== undefined) return new CompilationError(details, output ?? '', { cause: error });
  if (code !== 'MODULE_NOT_FOUND') return error;
  const missing = {
    path: root,
    expected: 'the whole package, with what it depends on',
    received: firstLineOf(error),
    remedy: 'Install the package anew: some of its files are missing.',
  };
  return new CompilationError(missing, '', { cause: error });
}
