import { RandomStream } from '../random.js';

/** Digits for those who have not installed MNIST: strokes of a pen, no two of them alike. */

/** Grey levels of [rows, 28 · 28], and what each row shows. */
export interface FullSizeDigits {
  readonly values: Float32Array<ArrayBuffer>;
  readonly labels: Uint8Array;
}

type Point = readonly [x: number, y: number];

/** The strokes of each digit, from (0, 0) at the top left to (1, 1). */
const glyphs: readonly (readonly (readonly Point[])[])[] = [
  [ring(0.5, 0.5, 0.24, 0.4)],
  [
    [
      [0.36, 0.26],
      [0.54, 0.1],
      [0.52, 0.9],
    ],
  ],
  [
    [
      [0.25, 0.3],
      [0.35, 0.13],
      [0.6, 0.1],
      [0.75, 0.28],
      [0.64, 0.5],
      [0.25, 0.9],
      [0.78, 0.88],
    ],
  ],
  [
    [
      [0.25, 0.15],
      [0.6, 0.1],
      [0.72, 0.28],
      [0.45, 0.47],
      [0.75, 0.65],
      [0.65, 0.87],
      [0.25, 0.88],
    ],
  ],
  [
    [
      [0.6, 0.1],
      [0.2, 0.62],
      [0.8, 0.62],
    ],
    [
      [0.62, 0.4],
      [0.6, 0.92],
    ],
  ],
  [
    [
      [0.75, 0.1],
      [0.32, 0.1],
      [0.28, 0.45],
      [0.6, 0.42],
      [0.76, 0.65],
      [0.6, 0.88],
      [0.25, 0.87],
    ],
  ],
  [
    [
      [0.65, 0.1],
      [0.38, 0.35],
      [0.27, 0.65],
      [0.42, 0.9],
      [0.68, 0.85],
      [0.72, 0.62],
      [0.5, 0.5],
      [0.3, 0.62],
    ],
  ],
  [
    [
      [0.22, 0.12],
      [0.78, 0.12],
      [0.42, 0.92],
    ],
  ],
  [ring(0.5, 0.29, 0.19, 0.19), ring(0.5, 0.69, 0.23, 0.21)],
  [
    [
      [0.35, 0.9],
      [0.62, 0.65],
      [0.73, 0.35],
      [0.58, 0.1],
      [0.32, 0.15],
      [0.28, 0.38],
      [0.5, 0.5],
      [0.7, 0.38],
    ],
  ],
];

function ring(x: number, y: number, wide: number, high: number): readonly Point[] {
  return Array.from({ length: 13 }, (_, step) => {
    const angle = (2 * Math.PI * step) / 12;
    return [x + wide * Math.sin(angle), y - high * Math.cos(angle)] as const;
  });
}

const size = 28;

/** The same images for the same seed: 0 to 9 in random order. */
export function drawDigits(count: number, seed: number): FullSizeDigits {
  const random = new RandomStream(seed);
  const values = new Float32Array(count * size * size);
  const labels = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const digit = random.below(10);
    labels[index] = digit;
    drawInto(values.subarray(index * size * size, (index + 1) * size * size), digit, random);
  }
  return { values, labels };
}

function drawInto(pixels: Float32Array, digit: number, random: RandomStream): void {
  const place = handwriting(random);
  const thickness = 0.9 + 0.8 * random.uniform();
  for (const stroke of glyphs[digit] ?? []) {
    const points = stroke.map(place);
    for (const [index, to] of points.entries()) {
      const from = points[index - 1];
      if (from !== undefined) drawLine(pixels, from, to, thickness);
    }
  }
}

/** A way to write that turns, slants, stretches, shifts and shakes a little. */
function handwriting(random: RandomStream): (point: Point) => Point {
  const within = (range: number) => range * (2 * random.uniform() - 1);
  const angle = within(0.18);
  const slant = within(0.25);
  const [wide, high] = [19 * (1 + within(0.18)), 21 * (1 + within(0.12))];
  const [right, down] = [13.5 + within(1.8), 13.5 + within(1.8)];
  return ([x, y]) => {
    const above = (y - 0.5 + within(0.03)) * high;
    const beside = (x - 0.5 + within(0.03)) * wide - slant * above;
    return [
      right + beside * Math.cos(angle) - above * Math.sin(angle),
      down + beside * Math.sin(angle) + above * Math.cos(angle),
    ];
  };
}

/** Ink where the pen has been, less of it at the edge. */
function drawLine(pixels: Float32Array, [x1, y1]: Point, [x2, y2]: Point, thickness: number): void {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy || 1;
  const reach = thickness + 1;
  const bound = (value: number) => Math.min(size - 1, Math.max(0, value));
  for (
    let y = bound(Math.floor(Math.min(y1, y2) - reach));
    y <= bound(Math.max(y1, y2) + reach);
    y++
  ) {
    for (
      let x = bound(Math.floor(Math.min(x1, x2) - reach));
      x <= bound(Math.max(x1, x2) + reach);
      x++
    ) {
      const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length));
      const distance = Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
      const ink = Math.min(1, Math.max(0, thickness + 0.5 - distance));
      const at = y * size + x;
      pixels[at] = Math.max(pixels[at] ?? 0, ink);
    }
  }
}
