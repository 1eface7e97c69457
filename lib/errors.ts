/** The four parts of every error of this library: where, what was wanted, what came, what to do. */
export interface ErrorDetails {
  /** The place: an option (`layers[2].units`), a value (`inputs[17][3]`) or a file. */
  readonly path: string;
  readonly expected: string;
  readonly received: string;
  /** One or more full sentences that say how to get on, or an empty string. */
  readonly remedy?: string | undefined;
}

/**
 * The message without what to do.
 *
 * @internal
 */
export function factOf({ path, expected, received }: ErrorDetails): string {
  // What came may be the message of another error, which has its own full stop.
  const stop = received.endsWith('.') ? '' : '.';
  return `${path}: expected ${expected}, received ${received}${stop}`;
}

function messageOf(details: ErrorDetails): string {
  const fact = factOf(details);
  return details.remedy ? `${fact} ${details.remedy}` : fact;
}

/** What errors of JavaScript take as their options; older versions of its types do not know it. */
export interface ErrorCause {
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/** The parent of every error that this library throws on purpose. */
export abstract class LayerwiseError extends Error {
  abstract override readonly name: string;
  /** The same for every error of this library, also across copies of the package. */
  readonly code = 'LAYERWISE';
  readonly path: string;
  readonly expected: string;
  readonly received: string;
  readonly remedy: string;

  constructor(details: ErrorDetails, options?: ErrorCause) {
    super(messageOf(details), options);
    this.path = details.path;
    this.expected = details.expected;
    this.received = details.received;
    this.remedy = details.remedy ?? '';
  }
}

/** An option or argument has a value that is not allowed, or a name that does not exist. */
export class ArgumentError extends LayerwiseError {
  override readonly name = 'ArgumentError';
}

/** Sizes that do not fit each other: rows, columns, lengths, layers. */
export class ShapeError extends LayerwiseError {
  override readonly name = 'ShapeError';
}

/** A value inside the data cannot be used: not finite, not a class, not a number. */
export class DataError extends LayerwiseError {
  override readonly name = 'DataError';
}

/** The call is right but not now, for example a second `fit` while the first one runs. */
export class StateError extends LayerwiseError {
  override readonly name = 'StateError';
}

/** A NaN or an infinity arose while training; the path says in which epoch, batch and layer. */
export class DivergenceError extends LayerwiseError {
  override readonly name = 'DivergenceError';
}

/** Native memory could not be had. */
export class MemoryError extends LayerwiseError {
  override readonly name = 'MemoryError';
}

/** A file is damaged, hostile, or not of the kind that was asked for; the path names the file. */
export class FileFormatError extends LayerwiseError {
  override readonly name = 'FileFormatError';
}

/** The compiled part of the library is missing or does not load on this machine. */
export class NativeBinaryError extends LayerwiseError {
  override readonly name = 'NativeBinaryError';
}

const classesOfKinds = {
  argument: ArgumentError,
  shape: ShapeError,
  data: DataError,
  state: StateError,
  divergence: DivergenceError,
  memory: MemoryError,
  file: FileFormatError,
} as const;

/** The kinds of error that the native core tells apart. */
export type NativeErrorKind = keyof typeof classesOfKinds;

/** Builds the error class that belongs to a kind of the native core. */
export function errorOfKind(
  kind: NativeErrorKind,
  details: ErrorDetails,
  options?: ErrorCause,
): LayerwiseError {
  return new classesOfKinds[kind](details, options);
}

export function isNativeErrorKind(kind: unknown): kind is NativeErrorKind {
  return typeof kind === 'string' && Object.hasOwn(classesOfKinds, kind);
}

/**
 * The same error at another path: what the core calls `inputs[3][0]` may be
 * `validation.data.inputs[3][0]` to the caller. Anything but our own errors is given back as it is.
 */
export function rebaseError(error: unknown, rebase: (path: string) => string): unknown {
  if (!(error instanceof LayerwiseError)) return error;
  return renamedError(error, { path: rebase(error.path) });
}

/** The same error with other words for its place, or for what to do. */
export function renamedError(
  error: LayerwiseError,
  changes: Partial<ErrorDetails>,
): LayerwiseError {
  const Class = error.constructor as new (
    details: ErrorDetails,
    options?: ErrorCause,
  ) => LayerwiseError;
  const { path, expected, received, remedy } = error;
  return new Class({ path, expected, received, remedy, ...changes }, { cause: error });
}
