/**
 * Writing messages of Protocol Buffers (https://protobuf.dev/programming-guides/encoding): each function gives the bytes
 * of one field, and a message is its fields one behind the other.
 */

/** The wire types: how the length of a field is known. */
const asVarint = 0;
const asEightBytes = 1;
const asLengthDelimited = 2;
const asFourBytes = 5;

/** A whole number from 0 to 2^53 - 1, a boolean or an enum. */
export function varintField(field: number, value: number): Buffer {
  return Buffer.from([...varint(field * 8 + asVarint), ...varint(value)]);
}

export function doubleField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([tagOf(field, asEightBytes), bytes]);
}

export function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([tagOf(field, asFourBytes), bytes]);
}

/** Text, bytes, or a message of several fields. */
export function bytesField(field: number, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const content = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  const length = content.reduce((sum, part) => sum + part.byteLength, 0);
  const head = Buffer.from([...varint(field * 8 + asLengthDelimited), ...varint(length)]);
  return Buffer.concat([head, ...content]);
}

/** A repeated field of doubles, packed. */
export function doublesField(field: number, values: Float64Array): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeDoubleLE(value, 8 * index);
  return bytesField(field, bytes);
}

function tagOf(field: number, wireType: number): Buffer {
  return Buffer.from(varint(field * 8 + wireType));
}

/** Seven bits a byte, the lowest first; all bytes but the last have the highest bit set. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  // Not by shifting: numbers of steps may have more than 32 bits.
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
