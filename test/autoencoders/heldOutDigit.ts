import { type MatrixInput, matrix } from '../../lib/index.js';
import { pixels, readDigits } from '../training/digits.js';

/** Digits of nine classes to train on and to test on, and those of the tenth as anomalies. */
export interface HeldOutDigit {
  /** 3,000 images at most. */
  readonly train: MatrixInput;
  /** 500 images of the same classes. */
  readonly ordinary: MatrixInput;
  /** 300 images of the class that was held out. */
  readonly heldOut: MatrixInput;
}

export async function digitsWithAndWithout(digit: number): Promise<HeldOutDigit> {
  const { inputs, targets } = await readDigits();
  const indices = Array.from(targets.keys());
  const others = indices.filter((index) => targets[index] !== digit);
  const own = indices.filter((index) => targets[index] === digit);
  const pick = (rows: readonly number[]): MatrixInput => {
    const values = new Uint8Array(rows.length * pixels);
    rows.forEach((row, place) => {
      const image = inputs.values.subarray(row * pixels, (row + 1) * pixels);
      values.set(image as Uint8Array, place * pixels);
    });
    return matrix(values, rows.length, pixels, { scale: 1 / 255 });
  };
  return {
    train: pick(others.slice(0, 3000)),
    ordinary: pick(others.slice(-500)),
    heldOut: pick(own.slice(0, 300)),
  };
}
