import { expect, test } from 'vitest';
import { type Autoencoder, autoencoder } from '../../lib/index.js';
import { randomNumbers } from '../model/data.js';

/** A linear autoencoder spans the same space as PCA (Baldi and Hornik 1989). */

type Vector = number[];
const dot = (a: Vector, b: Vector) =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** Eigenvectors of a symmetric matrix, by decreasing eigenvalue (cyclic Jacobi rotations). */
function eigenvectors(symmetric: Vector[]): Vector[] {
  const size = symmetric.length;
  const a = symmetric.map((row) => row.slice());
  const vectors = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0) as number));
  const rotate = (rows: Vector[], p: number, q: number, c: number, s: number) => {
    const [rowP, rowQ] = [rows[p] as Vector, rows[q] as Vector];
    for (let k = 0; k < size; k++) {
      const [x, y] = [rowP[k] as number, rowQ[k] as number];
      rowP[k] = c * x - s * y;
      rowQ[k] = s * x + c * y;
    }
  };
  const transpose = (rows: Vector[]) => rows.map((_, i) => rows.map((row) => row[i] as number));
  let current = a;
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = current[p]?.[q] as number;
        if (Math.abs(off) < 1e-15) continue;
        const theta = ((current[q]?.[q] as number) - (current[p]?.[p] as number)) / (2 * off);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(current, p, q, c, t * c);
        current = transpose(current);
        rotate(current, p, q, c, t * c);
        rotate(vectors, p, q, c, t * c);
      }
    }
  }
  return vectors
    .map((vector, i) => ({ vector, value: current[i]?.[i] as number }))
    .sort((x, y) => y.value - x.value)
    .map(({ vector }) => vector);
}

/** An orthonormal basis of the space that the vectors span (Gram and Schmidt). */
function orthonormal(vectors: Vector[]): Vector[] {
  const basis: Vector[] = [];
  for (const vector of vectors) {
    const rest = basis.reduce((sum, unit) => {
      const along = dot(sum, unit);
      return sum.map((value, i) => value - along * (unit[i] as number));
    }, vector);
    const length = Math.sqrt(dot(rest, rest));
    basis.push(rest.map((value) => value / length));
  }
  return basis;
}

/** Cosine of the largest principal angle between two planes: 1 when they are the same. */
function smallestCosine(a: Vector[], b: Vector[]): number {
  const m = a.map((x) => b.map((y) => dot(x, y)));
  const gram = m.map((x) => m.map((y) => dot(x, y)));
  const vectors = eigenvectors(gram);
  const last = vectors[vectors.length - 1] as Vector;
  return Math.sqrt(
    dot(
      last,
      gram.map((row) => dot(row, last)),
    ),
  );
}

const spread = [3, 2, 0.5, 0.4, 0.3, 0.2];

/** Rows of mean 0, and their first two principal components. */
function correlatedRows(): { readonly centred: Vector[]; readonly components: Vector[] } {
  const random = randomNumbers(11);
  const mix = orthonormal(spread.map(() => spread.map(() => random() - 0.5)));
  const rows = Array.from({ length: 400 }, () => {
    const hidden = spread.map((size) => size * (random() + random() + random() - 1.5));
    return spread.map((_, i) =>
      dot(
        hidden,
        mix.map((unit) => unit[i] as number),
      ),
    );
  });
  const means = spread.map((_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / 400);
  const centred = rows.map((row) => row.map((value, i) => value - (means[i] as number)));
  const covariance = spread.map((_, i) =>
    spread.map((_, j) =>
      centred.reduce((s, row) => s + (row[i] as number) * (row[j] as number), 0),
    ),
  );
  return { centred, components: eigenvectors(covariance).slice(0, 2) };
}

const { centred, components } = correlatedRows();

/** The mean squared error that the components leave. */
const errorOfPca =
  centred
    .map((row) => dot(row, row) - components.reduce((sum, unit) => sum + dot(row, unit) ** 2, 0))
    .reduce((sum, value) => sum + value, 0) /
  (centred.length * spread.length);

async function trained(tied: boolean): Promise<Autoencoder> {
  const model = autoencoder({ inputSize: 6, code: 2, activation: 'linear', seed: 5, tied });
  for (const learningRate of [0.01, 0.001]) {
    await model.fit(centred, { epochs: 80, optimizer: { type: 'adam', learningRate } });
  }
  return model;
}

test('a linear autoencoder spans the space of the principal components', async () => {
  const model = await trained(false);
  const decoder = model.getParameter('1.weight'); // [6, 2]: its columns span the plane
  const plane = [0, 1].map((unit) => spread.map((_, i) => decoder[i * 2 + unit] as number));
  expect(smallestCosine(orthonormal(plane), components)).toBeGreaterThan(0.9995);
  expect((await model.evaluate(centred)).loss).toBeCloseTo(errorOfPca, 3);
});

test('and with tied weights they are an orthonormal basis of it', async () => {
  const model = await trained(true);
  const weights = model.getParameter('0.weight'); // [2, 6]
  const basis = [0, 1].map((unit) => [...weights.subarray(6 * unit, 6 * unit + 6)]);
  expect(smallestCosine(orthonormal(basis), components)).toBeGreaterThan(0.9995);
  const [first, second] = basis as [Vector, Vector];
  expect(dot(first, first)).toBeCloseTo(1, 2);
  expect(dot(second, second)).toBeCloseTo(1, 2);
  expect(dot(first, second)).toBeCloseTo(0, 2);
  expect((await model.evaluate(centred)).loss).toBeCloseTo(errorOfPca, 3);
});
