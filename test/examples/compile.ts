import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  /** Standard output and standard error together, for messages. */
  readonly all: string;
}

function runNode(words: readonly string[], directory: string): Outcome {
  const result = spawnSync(process.execPath, words, { cwd: directory, encoding: 'utf8' });
  const all = `${result.stdout}${result.stderr}`;
  return { code: result.status, stdout: result.stdout, all };
}

/** Compiles a folder with a tsconfig.json; every type error is in the outcome. */
export function compile(project: string): Outcome {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  return runNode([compiler, '-p', project], root);
}

/** Runs a compiled program in a folder. */
export function run(program: string, directory = root, words: readonly string[] = []): Outcome {
  return runNode([program, ...words], directory);
}
