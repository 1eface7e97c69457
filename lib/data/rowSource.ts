import type { NativeFile } from '../native.js';

/** Inputs after their shape is checked: what the copy into native memory reads from. */
export interface RowSource {
  readonly rows: number;
  readonly columns: number;
  /** Where the rows stand, for the paths of errors. */
  readonly path: string;
  /** The type in which the core keeps the rows. */
  readonly inputType: 'float32' | 'uint8';
  /** Only bytes keep these; other values are scaled while they are copied. */
  readonly scale: number;
  readonly offset: number;
  /** Rows that may be asked for at once so that no copy holds the event loop for long. */
  readonly rowsPerSlice: number;
  /** Whether slices are floats where the caller has them, so that larger ones cost nothing. */
  readonly isDirect: boolean;
  /** The rows from `start` up to `end`, for use before the next call. */
  slice(start: number, end: number): Float32Array | Float64Array | Uint8Array;
  /** Has to be awaited before such a slice, where the rows lie in a file. */
  load?(start: number, end: number): Promise<void>;
  /** That file, where they do: the core reads it by itself. */
  readonly file?: NativeFile;
}
