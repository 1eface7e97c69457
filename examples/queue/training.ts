import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'layerwise';
import { tableModel } from 'layerwise/tables';
import type { DetectorJob, TrainingProgress } from './jobs.ts';

/** The training of one detector. Nothing here knows of the queue. */

export interface TrainingSettings {
  /** A folder that all workers share: detectors, and checkpoints of trainings that were interrupted. */
  readonly folder: string;
  readonly epochs: number;
  /** Threads of one training; a machine with several workers shares its cores among them. */
  readonly threads: number;
  readonly onProgress: (progress: TrainingProgress) => Promise<void>;
  /** Ends the training in time, with a checkpoint that another worker goes on with. */
  readonly signal: AbortSignal;
}

/**
 * Trains the detector of a customer and saves it. A worker that was killed leaves a checkpoint, or the detector itself:
 * the next one goes on from there, and ends with the same bits.
 *
 * @returns whether there was anything left to train
 */
export async function trainDetector(
  { customer, data, version }: DetectorJob,
  { folder, epochs, threads, onProgress, signal }: TrainingSettings,
): Promise<boolean> {
  const path = join(folder, `${customer}.safetensors`);
  if ((await versionOf(path)) === version) return false;
  const checkpoints = join(folder, 'checkpoints', `${customer}-${version}`);
  const model = tableModel({ autoencoder: true, seed: 1 });
  await model.fit(data, {
    ...{ epochs, threads, signal, resume: 'auto' },
    checkpoint: { directory: checkpoints },
    listeners: [{ onEpochs: (done) => onProgress({ epoch: done.at(-1)?.epoch ?? 0, epochs }) }],
  });
  await model.detector(data, { method: 'contamination', contamination: 0.01 });
  model.annotations = { ...model.annotations, version };
  await model.save(path);
  await rm(checkpoints, { recursive: true, force: true });
  return true;
}

/** What the detector was trained on; undefined where there is none that can be read. */
async function versionOf(path: string): Promise<unknown> {
  try {
    return (await load(path, 'table')).annotations.version;
  } catch {
    return undefined;
  }
}
