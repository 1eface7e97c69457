import { endianness } from 'node:os';

/** Numbers of other precisions in files, little-endian, as those of float32 that networks compute with. */

const readers = {
  F32: (view: DataView, byte: number) => view.getFloat32(byte, true),
  F64: (view: DataView, byte: number) => view.getFloat64(byte, true),
  F16: (view: DataView, byte: number) => halfOf(view.getUint16(byte, true)),
  BF16: (view: DataView, byte: number) => {
    // The upper half of a float32.
    scratch.setUint32(0, view.getUint16(byte, true) << 16);
    return scratch.getFloat32(0);
  },
} as const;

const scratch = new DataView(new ArrayBuffer(4));

/** Precisions that are read: single, double, IEEE's half, and bfloat16. */
export type FloatType = keyof typeof readers;

export const floatTypes = Object.keys(readers) as readonly FloatType[];

const floatBytes: Readonly<Record<FloatType, number>> = { F32: 4, F64: 8, F16: 2, BF16: 2 };
const isLittleEndian = endianness() === 'LE';

/**
 * The numbers as float32. Those of float64 are rounded; one that is too large becomes infinite.
 *
 * @param bytes Whole numbers, in memory of their own.
 */
export function floatsFrom(
  bytes: Uint8Array<ArrayBuffer>,
  type: FloatType,
): Float32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  const count = byteLength / floatBytes[type];
  if (type === 'F32' && isLittleEndian && byteOffset % floatBytes.F32 === 0) {
    return new Float32Array(buffer, byteOffset, count);
  }
  const view = new DataView(buffer, byteOffset, byteLength);
  const read = readers[type];
  const floats = new Float32Array(count);
  for (let index = 0; index < count; index++) floats[index] = read(view, index * floatBytes[type]);
  return floats;
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
