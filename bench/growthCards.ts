import { type Card, layers } from './cards.js';

/** Work that grows in one way at a time: does its time grow in proportion? */
export interface GrowthSeries {
  readonly name: string;
  /** What grows, for the report. */
  readonly what: string;
  readonly sizes: readonly number[];
  /** The sizes of a short run. */
  readonly quickSizes: readonly number[];
  readonly cardOf: (size: number) => Card;
}

function network(name: string, inputs: number, units: readonly number[], rows: number): Card {
  return {
    name,
    title: [inputs, ...units].join('-'),
    inputs,
    layers: layers(units, 'relu', 'linear'),
    loss: 'meanSquaredError',
    targets: 'matrix',
    batchSize: 128,
    rows,
  };
}

const powersOfTwo = (from: number, to: number) =>
  Array.from({ length: Math.log2(to / from) + 1 }, (_, index) => from * 2 ** index);

/** Batches of 128 rows throughout, so that nothing else than what is named changes. */
export const growthSeries: readonly GrowthSeries[] = [
  {
    name: 'rows',
    what: 'rows of an epoch of 30-64-64-1',
    sizes: [1e3, 1e4, 1e5, 1e6, 1e7],
    quickSizes: [1e3, 1e4, 1e5],
    cardOf: (rows) => network(`growth-rows-${rows}`, 30, [64, 64, 1], rows),
  },
  {
    name: 'width',
    what: 'units of three layers of one width',
    sizes: powersOfTwo(16, 4096),
    quickSizes: powersOfTwo(16, 512),
    cardOf: (width) => network(`growth-width-${width}`, width, [width, width, width], 512),
  },
  {
    name: 'depth',
    what: 'layers of 256 units',
    sizes: powersOfTwo(1, 64),
    quickSizes: powersOfTwo(1, 16),
    cardOf: (depth) =>
      network(
        `growth-depth-${depth}`,
        256,
        Array.from({ length: depth }, () => 256),
        1280,
      ),
  },
];
