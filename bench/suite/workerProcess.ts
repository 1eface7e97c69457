import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { paths } from '../common/paths.js';
import { type Answer, answerMarker, type Request, Unsupported } from '../common/protocol.js';
import { type DriverRow, pythonProgram } from './drivers.js';

function commandOf(driver: DriverRow, folder?: string): [program: string, words: string[]] {
  if (driver.runtime === 'python') {
    return [pythonProgram(), [path.join(paths.bench, 'python/worker.py'), driver.name]];
  }
  const worker = path.join(paths.compiled, 'worker/main.js');
  return [process.execPath, [worker, driver.name, ...(folder === undefined ? [] : [folder])]];
}

/** Libraries that read their number of threads from the environment. */
function environmentOf(threads: number): NodeJS.ProcessEnv {
  return {
    ...process.env,
    LAYERWISE_THREADS: String(threads),
    OMP_NUM_THREADS: String(threads),
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/** A fresh process that runs one framework on one case, and waits while others are measured. */
export class WorkerProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #complaints = '';

  /** `folder`: the package of layerwise to run, where it is not this checkout. */
  constructor(driver: DriverRow, threads: number, folder?: string) {
    const [program, words] = commandOf(driver, folder);
    this.#child = spawn(program, words, { env: environmentOf(threads) });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    // A program that cannot start, or that is gone, shows in the missing answer.
    this.#child.on('error', (error) => {
      this.#complaints += String(error);
    });
    this.#child.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Unsupported when the framework cannot do it, Error when it fails. */
  async request<T>(request: Request): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.#nextAnswer();
    if (answer.ok) return answer.value as T;
    if (answer.unsupported) throw new Unsupported(answer.message);
    throw new Error(answer.message);
  }

  async #nextAnswer(): Promise<Answer> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`the process ended. ${this.#complaints.trim()}`);
      if (value.startsWith(answerMarker)) {
        return JSON.parse(value.slice(answerMarker.length)) as Answer;
      }
    }
  }

  /** Lets the process end, and sees that it does. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(timer);
  }
}
