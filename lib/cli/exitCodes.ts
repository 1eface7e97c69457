/** The exit codes, as `--help` and docs/command-line.md have them. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  /** Wrong arguments, or data that cannot be used. */
  usage: 2,
  /** A time limit ended the work before it was done; EX_TEMPFAIL of sysexits.h: try again later. */
  timeLimit: 75,
  // As shells have it, 128 and the number of the signal.
  hangup: 129,
  interrupted: 130,
  terminated: 143,
  /** Ctrl-Break of Windows. */
  broken: 149,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The signals that ask the command to end. */
export type EndingSignal = 'SIGBREAK' | 'SIGHUP' | 'SIGINT' | 'SIGTERM';

const codesOfSignals: Readonly<Record<EndingSignal, ExitCode>> = {
  SIGBREAK: exitCodes.broken,
  SIGHUP: exitCodes.hangup,
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
};

/** Why a command is to end: a signal of the system. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly signal: EndingSignal) {
    super(`interrupted by ${signal}`);
  }
}

/** The code of a command that a signal has ended; that of Ctrl-C where it was something else. */
export function codeOfInterruption(reason: unknown): ExitCode {
  return reason instanceof Interrupted ? codesOfSignals[reason.signal] : exitCodes.interrupted;
}
