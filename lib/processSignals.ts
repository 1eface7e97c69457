import { isMainThread } from 'node:worker_threads';

/** The signals by which a system speaks to a process, for runs that are to hear of them. */

type EndingSignal = 'SIGBREAK' | 'SIGINT' | 'SIGTERM';

/** Those that ask a process to end; Ctrl-C is SIGINT, and Ctrl-Break SIGBREAK. */
export function endingSignals(platform: string = process.platform): readonly EndingSignal[] {
  // Windows has no SIGTERM: whoever ends a process there does not ask.
  return platform === 'win32' ? ['SIGINT', 'SIGBREAK'] : ['SIGINT', 'SIGTERM'];
}

/** The one that asks for a checkpoint; none on Windows. (SIGUSR1 starts the debugger of Node.) */
export function checkpointSignal(platform: string = process.platform): NodeJS.Signals | undefined {
  return platform === 'win32' ? undefined : 'SIGUSR2';
}

/** Whether signals reach this thread: worker threads hear of none. */
export function hearsSignals(): boolean {
  return isMainThread;
}

/** Milliseconds in which signals are one and the same Ctrl-C: terminals and `npx` both pass it on. */
export const sameKeystroke = 1000;

/** Is told of the signals of the process. */
export interface SignalListener {
  /** The process is asked to end. */
  end(): void;
  /** A checkpoint is asked for. */
  checkpoint?(): void;
}

/** What signals are heard from; `process`, but for tests. */
interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  kill(pid: number, signal: NodeJS.Signals): unknown;
  readonly pid: number;
  readonly platform: string;
}

/**
 * The listeners of a process. It has handlers for its signals as long as there are listeners. The first signal that asks
 * it to end is told to all of them; another one, a second later or more, does not wait for them: it does what it would
 * do without handlers.
 */
export class SignalListeners {
  readonly #source: SignalSource;
  readonly #now: () => number;
  readonly #listeners = new Set<SignalListener>();
  #askedAt: number | undefined;

  /** @param now A clock in milliseconds. */
  constructor(source: SignalSource, now: () => number = () => performance.now()) {
    this.#source = source;
    this.#now = now;
  }

  /** @returns what ends the listening. */
  add(listener: SignalListener): () => void {
    if (this.#listeners.size === 0) this.#install('on');
    this.#listeners.add(listener);
    // Others are ending already: whoever comes now is asked to end, too.
    if (this.#askedAt !== undefined) listener.end();
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#uninstall();
    };
  }

  #install(change: 'on' | 'off'): void {
    const { platform } = this.#source;
    for (const signal of endingSignals(platform)) this.#source[change](signal, this.#end);
    const signal = checkpointSignal(platform);
    if (signal !== undefined) this.#source[change](signal, this.#checkpoint);
  }

  #uninstall(): void {
    this.#askedAt = undefined;
    this.#install('off');
  }

  readonly #end = (signal: NodeJS.Signals): void => {
    const now = this.#now();
    if (this.#askedAt === undefined) {
      this.#askedAt = now;
      for (const listener of [...this.#listeners]) listener.end();
    } else if (now - this.#askedAt > sameKeystroke) {
      this.#listeners.clear();
      this.#uninstall();
      this.#source.kill(this.#source.pid, signal);
    }
  };

  readonly #checkpoint = (): void => {
    for (const listener of [...this.#listeners]) listener.checkpoint?.();
  };
}

let ofProcess: SignalListeners | undefined;

/** Listens to the signals of this process. @returns what ends the listening. */
export function listenToSignals(listener: SignalListener): () => void {
  ofProcess ??= new SignalListeners(process);
  return ofProcess.add(listener);
}
