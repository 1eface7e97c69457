/** The command line itself is wrong. The message stands alone; no stack is of use. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The command whose help says more, `train` say; empty for `layerwise` itself. */
  readonly command: string;

  constructor(message: string, command = '') {
    super(message);
    this.command = command;
  }
}
