import { createHash, type Hash } from 'node:crypto';
import { FileFormatError } from '../errors.js';
import {
  encodeHeader,
  littleEndianBytes,
  openSafetensors,
  type SafetensorsFile,
  type Tensor,
  type TensorValues,
  tensorOf,
} from '../io/safetensors.js';
import { elementBytes, formatError, tensorPath } from '../io/safetensorsHeader.js';

/**
 * The file of a checkpoint: a safetensors file with the tensors and the metadata of a saved model, beside which stand
 *
 * - in the metadata, under `layerwise.checkpoint`, a text that says what the state is of,
 * - the tensors of the state, under names that begin with `checkpoint.`,
 * - `checkpoint.checksum`, the last 32 bytes: SHA-256 of all bytes before them, header and all.
 */

/** Tensors of this name are not of the model. */
export const statePrefix = 'checkpoint.';

/** A checkpoint to be written. */
export interface CheckpointContents {
  /** As of a saved model. */
  readonly metadata: Readonly<Record<string, string>>;
  /** As of a saved model; each is asked for once it is written. */
  readonly model: ReadonlyMap<string, Tensor>;
  /** What the state is of. */
  readonly record: string;
  /** The state by the names of its tensors, without the prefix. */
  readonly state: ReadonlyMap<string, TensorValues>;
}

/** Where the text stands that says what the state is of. */
export const recordKey = 'layerwise.checkpoint';
const checksumName = `${statePrefix}checksum`;
const checksumBytes = 32;
/** As many bytes as are hashed in about a millisecond: the event loop turns between two of them. */
const pieceBytes = 2 ** 20;

/** The bytes of a checkpoint, piece by piece. */
export function* encodeCheckpoint(contents: CheckpointContents): Generator<Uint8Array> {
  const { model, state, metadata, record } = contents;
  const own = [...state].map(([name, values]): [string, Tensor] => {
    return [`${statePrefix}${name}`, tensorOf(values)];
  });
  const tensors = new Map([...model, ...own].sort(byAlignment));
  const entries = new Map<string, Pick<Tensor, 'dtype' | 'shape'>>(tensors);
  entries.set(checksumName, { dtype: 'U8', shape: [checksumBytes] });
  const hash = createHash('sha256');
  yield* hashed(encodeHeader(entries, { ...metadata, [recordKey]: record }), hash);
  for (const { values } of tensors.values()) yield* hashed(littleEndianBytes(values()), hash);
  yield hash.digest();
}

/** Readers that map the file want numbers of 8 bytes at multiples of 8. (The order is kept otherwise.) */
function byAlignment([, left]: [string, Tensor], [, right]: [string, Tensor]): number {
  return elementBytes[right.dtype] - elementBytes[left.dtype];
}

function* hashed(bytes: Uint8Array, hash: Hash): Generator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += pieceBytes) {
    const piece = bytes.subarray(start, start + pieceBytes);
    hash.update(piece);
    yield piece;
  }
}

/** A checkpoint whose bytes are those that were written. */
export interface OpenCheckpoint {
  readonly path: string;
  /** What the state is of. */
  readonly record: string;
  /** The state by the names of its tensors, without the prefix. */
  readState(): Promise<ReadonlyMap<string, TensorValues>>;
  /** The tensors of the model by their names. */
  readModel(): Promise<ReadonlyMap<string, Float32Array>>;
  close(): Promise<void>;
}

/**
 * Opens a checkpoint and reads it through once.
 *
 * @throws FileFormatError when it is damaged, or no checkpoint; errors of the system.
 */
export async function openCheckpoint(path: string): Promise<OpenCheckpoint> {
  const file = await openSafetensors(path);
  try {
    const record = file.metadata.get(recordKey);
    if (record === undefined) {
      throw new FileFormatError({
        path,
        expected: 'a checkpoint of a training',
        received: 'a safetensors file of something else',
      });
    }
    await requireChecksum(file, path);
    const isOfState = (name: string): boolean => name.startsWith(statePrefix);
    const names = [...file.tensors.keys()].filter((name) => name !== checksumName);
    return {
      path,
      record,
      async readState() {
        const tensors = new Map<string, TensorValues>();
        for (const name of names.filter(isOfState)) {
          tensors.set(name.slice(statePrefix.length), await file.readTensor(name));
        }
        await file.requireUnchanged();
        return tensors;
      },
      async readModel() {
        const tensors = new Map<string, Float32Array>();
        for (const name of names) {
          if (!isOfState(name)) tensors.set(name, await file.readFloat32(name));
        }
        await file.requireUnchanged();
        return tensors;
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function requireChecksum(file: SafetensorsFile, path: string): Promise<void> {
  const place = tensorPath(path, checksumName);
  const entry = file.tensors.get(checksumName);
  const isLast = [...file.tensors.values()].every(({ end }) => end <= (entry?.end ?? -1));
  if (entry?.dtype !== 'U8' || entry.end - entry.start !== checksumBytes || !isLast) {
    throw formatError(place, `the last ${checksumBytes} bytes`, 'something else');
  }
  const hash = createHash('sha256');
  let tail: Uint8Array = new Uint8Array(0);
  for await (const piece of file.bytes(pieceBytes)) {
    // The end may be cut in two.
    const bytes = Buffer.concat([tail, piece]);
    const rest = Math.max(0, bytes.byteLength - checksumBytes);
    hash.update(bytes.subarray(0, rest));
    tail = bytes.subarray(rest);
  }
  const [expected, received] = [Buffer.from(tail).toString('hex'), hash.digest('hex')];
  if (expected === received) return;
  throw new FileFormatError({
    path,
    expected: `bytes of the checksum ${expected.slice(0, 16)}…`,
    received: `${received.slice(0, 16)}…: the file is damaged`,
  });
}
