import { spawn } from 'node:child_process';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether a command that fails is an error; true by default. */
  readonly mustSucceed?: boolean;
}

/** A program that hangs is ended; compiling may take minutes. */
const mostMilliseconds = 30 * 60_000;

/**
 * Runs a program to its end.
 *
 * @throws Error with all that it printed, when it fails.
 */
export function runCommand(
  [command = '', ...words]: readonly string[],
  { directory, environment, mustSucceed = true }: CommandOptions,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      cwd: directory,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: mostMilliseconds,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0 || !mustSucceed) return resolve({ code, stdout, stderr });
      const line = [command, ...words].join(' ');
      const ending = signal ?? `exit code ${code}`;
      reject(new Error(`${line}\nin ${directory} ended with ${ending}:\n${stdout}${stderr}`));
    });
  });
}
