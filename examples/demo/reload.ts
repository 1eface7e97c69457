import { join } from 'node:path';
import { type Autoencoder, load, type Matrix, type Sequential } from 'layerwise';
import type { Digits } from '../shared/mnist.ts';

/** Saves models, loads them again, and compares what both say about the test images. */

export interface ReloadCheck {
  readonly files: readonly string[];
  /** Predictions that were compared. */
  readonly values: number;
  /** Predictions of which at least one bit differs. */
  readonly different: number;
}

export async function saveAndReload(
  classifier: Sequential,
  autoencoder: Autoencoder,
  test: Digits,
  folder: string,
): Promise<ReloadCheck> {
  const classifierFile = join(folder, 'classifier.safetensors');
  const autoencoderFile = join(folder, 'autoencoder.safetensors');
  await classifier.save(classifierFile);
  await autoencoder.save(autoencoderFile);

  const before = await predictions(classifier, test);
  const before2 = await predictions(autoencoder, test);
  const after = await predictions(await load(classifierFile), test);
  const after2 = await predictions(await load(autoencoderFile), test);
  return {
    files: [classifierFile, autoencoderFile],
    values: before.values.length + before2.values.length,
    different: differingValues(before, after) + differingValues(before2, after2),
  };
}

type Loaded = Awaited<ReturnType<typeof load>>;

async function predictions(model: Loaded, { inputs }: Digits): Promise<Matrix> {
  if (model.kind === 'sequential') return model.predict(inputs);
  if (model.kind === 'autoencoder') return model.reconstruct(inputs);
  throw new TypeError(`no model of the demo is of the kind ${model.kind}`);
}

/** Compares bits, so that not even 0 and -0 count as equal. */
function differingValues(before: Matrix, after: Matrix): number {
  const left = new Uint32Array(before.values.buffer);
  const right = new Uint32Array(after.values.buffer);
  return left.reduce((count, bits, index) => (bits === right[index] ? count : count + 1), 0);
}
