/** Data and lists that the fixtures of versions and their tests share. Pure functions: any version gets the same. */

/** @param {number} count @returns {number[][]} rows of five numbers from -1 to 1 */
export function inputRows(count) {
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: 5 }, (_, column) => wave(row * 5 + column)),
  );
}

/** The same digits on every machine: a quadratic residue, not a sine. @param {number} index */
function wave(index) {
  return ((index * index * 7 + index * 13) % 1009) / 504.5 - 1;
}

/**
 * A table with text, missing values, a target with names, one with numbers as names, and a number.
 *
 * @param {number} rows
 */
export function tableCsv(rows) {
  const lines = ['speed,colour,flow,kind,grade,power'];
  for (let row = 0; row < rows; row++) {
    const speed = row % 11 === 3 ? '' : (1000 + 200 * wave(row)).toFixed(1);
    const colour = row % 13 === 5 ? 'NA' : ['red', 'green', 'blue, dark'][(row * row) % 3];
    const flow = (20 + 5 * wave(row + 100)).toFixed(2);
    const kind = wave(row) > 0 ? 'fast' : 'slow';
    const power = (3 * wave(row) + wave(row + 100)).toFixed(3);
    lines.push(`${speed},"${colour}",${flow},${kind},${1 + ((row * 7) % 3)},${power}`);
  }
  return `${lines.join('\n')}\n`;
}

/** @param {number} count images of 4 x 3 bytes */
export function imagesIdx(count) {
  const head = Buffer.from([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 4, 0, 0, 0, 3]);
  const pixels = Uint8Array.from({ length: count * 12 }, (_, index) => (index * index * 31) % 256);
  return Buffer.concat([head, pixels]);
}

/** @param {number} count */
export function labelsIdx(count) {
  const head = Buffer.from([0, 0, 8, 1, 0, 0, 0, count]);
  return Buffer.concat([head, Uint8Array.from({ length: count }, (_, item) => item % 4)]);
}

/** Models that programs save: `NAME.safetensors`, and `NAME.SET.json` with what they predict. */
export const libraryModels = ['sequential', 'multiOutput', 'detector', 'variational'];

/** Models of `layerwise train`: `NAME.safetensors`, and `NAME.SET.csv` with what they predict. */
export const scoredModels = [
  {
    name: 'table-classifier',
    data: 'table.csv',
    words: ['--target', 'kind', '--ignore', 'grade', 'power'],
  },
  {
    name: 'table-grades',
    data: 'table.csv',
    words: ['--target', 'grade', '--ignore', 'kind', 'power'],
  },
  {
    name: 'table-regressor',
    data: 'table.csv',
    words: ['--target', 'power', '--ignore', 'kind', 'grade'],
  },
  {
    name: 'table-detector',
    data: 'table.csv',
    words: ['--autoencoder', '--code', '2', '--contamination', '0.05'],
  },
  { name: 'images-classifier', data: 'images.idx', words: ['--labels', 'labels.idx'] },
  { name: 'images-autoencoder', data: 'images.idx', words: ['--autoencoder', '--code', '2'] },
];
