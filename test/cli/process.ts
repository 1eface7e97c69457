import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built command. */
export const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The current folder of the command. Default that of the tests. */
  readonly directory?: string;
  /** The command of another copy of the package. */
  readonly program?: string;
  /** Where standard output leads in place of a pipe: a file that is open. */
  readonly output?: number;
  /** The same of standard error. */
  readonly errors?: number;
  /** Called when the process begins. */
  readonly onStart?: (child: ChildProcessWithoutNullStreams) => void;
  /** Called with everything on standard output so far, whenever more arrives. */
  readonly onOutput?: (stdout: string, child: ChildProcessWithoutNullStreams) => void;
}

/** Runs the built command as users do: a process of its own, its streams piped. */
export function layerwise(words: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { NO_COLOR: _, FORCE_COLOR: __, LAYERWISE_DEBUG: ___, ...environment } = process.env;
  const child = spawn(process.execPath, [options.program ?? program, ...words], {
    ...(options.directory !== undefined && { cwd: options.directory }),
    env: { ...environment, ...options.environment },
    stdio: ['pipe', options.output ?? 'pipe', options.errors ?? 'pipe'],
  }) as ChildProcessWithoutNullStreams;
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    options.onOutput?.(stdout, child);
  });
  options.onStart?.(child);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A command that fails early does not read its input.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The objects that `--json` prints. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
