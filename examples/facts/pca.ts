import { type Digits, imageOf, pixels } from '../shared/mnist.ts';

/** Principal components of images, as the baseline that autoencoders are compared with. */

export class PrincipalComponents {
  readonly #mean: Float64Array;
  /** [components, pixels], orthonormal. */
  readonly #components: readonly Float64Array[];

  /** Finds the first `count` components of some images by orthogonal iteration. */
  constructor(digits: Digits, count: number) {
    const { mean, covariance } = momentsOf(digits);
    this.#mean = mean;
    let components: Float64Array[] = Array.from({ length: count }, (_, component) =>
      Float64Array.from({ length: pixels }, (_unused, pixel) =>
        Math.sin((component + 1) * (pixel + 1)),
      ),
    );
    for (let iteration = 0; iteration < 60; iteration++) {
      components = orthonormalised(components.map((vector) => product(covariance, vector)));
    }
    this.#components = components;
  }

  /** An image (0 to 1) as its projection gives it back. */
  reconstruct(image: Float32Array): Float64Array {
    const centred = this.#mean.map((mean, pixel) => (image[pixel] ?? 0) - mean);
    const result = this.#mean.slice();
    for (const vector of this.#components) {
      const share = dot(vector, centred);
      for (let at = 0; at < pixels; at++)
        result[at] = (result[at] ?? 0) + share * (vector[at] ?? 0);
    }
    return result;
  }

  /** The squared errors of images that are given back so, summed over the pixels. */
  errorsOf(digits: Digits): Float64Array {
    return Float64Array.from({ length: digits.inputs.rows }, (_, row) => {
      const image = imageOf(digits, row);
      const error = this.reconstruct(image).map((value, pixel) => value - (image[pixel] ?? 0));
      return dot(error, error);
    });
  }
}

function momentsOf({ inputs: { values, rows } }: Digits) {
  const mean = new Float64Array(pixels);
  const covariance = new Float64Array(pixels * pixels);
  for (let row = 0; row < rows; row++) {
    // Four in five pixels are zero.
    const lit: number[] = [];
    for (let pixel = 0; pixel < pixels; pixel++) {
      if (values[row * pixels + pixel] !== 0) lit.push(pixel);
    }
    for (const left of lit) {
      const level = (values[row * pixels + left] ?? 0) / 255;
      mean[left] = (mean[left] ?? 0) + level / rows;
      for (const right of lit) {
        const at = left * pixels + right;
        const product = (level * (values[row * pixels + right] ?? 0)) / 255;
        covariance[at] = (covariance[at] ?? 0) + product / rows;
      }
    }
  }
  for (let left = 0; left < pixels; left++) {
    for (let right = 0; right < pixels; right++) {
      const at = left * pixels + right;
      covariance[at] = (covariance[at] ?? 0) - (mean[left] ?? 0) * (mean[right] ?? 0);
    }
  }
  return { mean, covariance };
}

function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  return vector.map((_, row) => dot(matrix.subarray(row * pixels, (row + 1) * pixels), vector));
}

/** Gram-Schmidt, each vector against those before it. */
function orthonormalised(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    for (const other of basis) {
      const share = dot(vector, other);
      for (let at = 0; at < vector.length; at++)
        vector[at] = (vector[at] ?? 0) - share * (other[at] ?? 0);
    }
    const length = Math.sqrt(dot(vector, vector));
    basis.push(vector.map((value) => value / length));
  }
  return basis;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += (left[at] ?? 0) * (right[at] ?? 0);
  return sum;
}
