import { mixBits } from '../../random.js';
import { directionNumbers } from './joeKuo.js';

/** How many dimensions there are direction numbers for. */
export const sobolDimensions = directionNumbers.length + 1;

const bits = 32;

/** The bits of a Sobol number: column k is turned on and off by bit k of the index. */
const columnsOfDimensions: (Uint32Array | undefined)[] = [];

/**
 * The coordinate of one point of a Sobol sequence (Sobol 1967), as 32 bits after the binary point.
 *
 * @param index of the point, from 0 on; below 2^32.
 * @param dimension from 0 to `sobolDimensions` - 1.
 */
export function sobolBits(index: number, dimension: number): number {
  const columns = columnsOf(dimension);
  let value = 0;
  for (let rest = index >>> 0, k = 0; rest !== 0; rest >>>= 1, k++) {
    if (rest & 1) value ^= columns[k] ?? 0;
  }
  return value >>> 0;
}

/**
 * The coordinate in [0, 1) after a scramble of Owen (1995), which is another one for each seed and
 * dimension: every point becomes uniformly distributed, and the sequence stays as even as it was.
 */
export function scrambledSobol(index: number, dimension: number, seed: number): number {
  const key = mixBits(seed ^ mixBits(dimension + 1));
  return scrambleBits(sobolBits(index, dimension), key) / 2 ** bits;
}

function columnsOf(dimension: number): Uint32Array {
  const known = columnsOfDimensions[dimension];
  if (known) return known;
  const columns = dimension === 0 ? radicalInverse() : recurrence(dimension);
  columnsOfDimensions[dimension] = columns;
  return columns;
}

/** The first dimension: the bits of the index, mirrored. */
function radicalInverse(): Uint32Array {
  return Uint32Array.from({ length: bits }, (_, k) => 1 << (bits - 1 - k));
}

/** Bratley and Fox (1988): the numbers after the initial ones follow from the polynomial. */
function recurrence(dimension: number): Uint32Array {
  const numbers = directionNumbers[dimension - 1];
  if (!numbers) throw new RangeError(`no direction numbers for dimension ${dimension}`);
  const { polynomial, initial } = numbers;
  const degree = initial.length;
  const columns = new Uint32Array(bits);
  for (let k = 0; k < bits; k++) {
    if (k < degree) {
      columns[k] = (initial[k] ?? 0) << (bits - 1 - k);
      continue;
    }
    const oldest = columns[k - degree] ?? 0;
    let column = oldest ^ (oldest >>> degree);
    for (let power = 1; power < degree; power++) {
      if ((polynomial >>> (degree - power)) & 1) column ^= columns[k - power] ?? 0;
    }
    columns[k] = column;
  }
  return columns;
}

/**
 * Nested uniform scrambling by a hash (Burley 2020, "Practical hash-based Owen scrambling"): each
 * bit is flipped or not, depending on the higher bits and the key alone.
 */
function scrambleBits(value: number, key: number): number {
  let mirrored = (reverseBits(value) + key) | 0;
  mirrored ^= Math.imul(mirrored, 0x6c50b47c);
  mirrored ^= Math.imul(mirrored, 0xb82f1e52);
  mirrored ^= Math.imul(mirrored, 0xc7afe638);
  mirrored ^= Math.imul(mirrored, 0x8d22f6e6);
  return reverseBits(mirrored);
}

function reverseBits(value: number): number {
  let mirrored = value;
  mirrored = ((mirrored >>> 1) & 0x55555555) | ((mirrored & 0x55555555) << 1);
  mirrored = ((mirrored >>> 2) & 0x33333333) | ((mirrored & 0x33333333) << 2);
  mirrored = ((mirrored >>> 4) & 0x0f0f0f0f) | ((mirrored & 0x0f0f0f0f) << 4);
  mirrored = ((mirrored >>> 8) & 0x00ff00ff) | ((mirrored & 0x00ff00ff) << 8);
  return ((mirrored >>> 16) | (mirrored << 16)) >>> 0;
}
