import type { TrainedClassifier } from './classifier.ts';
import type { TrainedAutoencoder } from './imageAutoencoder.ts';
import type { ReloadCheck } from './reload.ts';
import type { TrainingResult } from './training.ts';

export interface Results {
  readonly classifier: TrainedClassifier;
  readonly autoencoder: TrainedAutoencoder;
  /** Share of right answers that the demo asks for. */
  readonly needed: number;
  readonly reload: ReloadCheck;
  readonly files: readonly string[];
  /** Of the whole demo. */
  readonly seconds: number;
}

export function printSummary(results: Results): void {
  const { classifier, autoencoder, needed, reload, files, seconds } = results;
  const verdict = classifier.accuracy >= needed ? '' : '  TOO LOW';
  const lines = [
    [
      'accuracy',
      `${percent(classifier.accuracy)} of the test images (asked for: ${percent(needed)})${verdict}`,
    ],
    ['error', `${autoencoder.error.toFixed(4)}, mean squared error per pixel of the test images`],
    ['classifier', speedOf(classifier.training)],
    ['autoencoder', speedOf(autoencoder.training)],
    ['reloaded', reloadText(reload)],
    ['whole demo', `${seconds.toFixed(1)} s`],
    ['written', files.join('\n             ')],
  ];
  console.log();
  for (const [name = '', value] of lines) console.log(`${name.padEnd(11)}  ${value}`);
}

function speedOf({ seconds, rowsPerSecond, threads, epochs }: TrainingResult): string {
  const rows = withThousands(Math.round(rowsPerSecond));
  return `${epochs.length} epochs in ${seconds.toFixed(1)} s, ${rows} rows/s on ${threads} threads`;
}

function reloadText({ values, different }: ReloadCheck): string {
  const all = withThousands(values);
  if (different === 0) return `all ${all} predictions identical, bit for bit`;
  return `${withThousands(different)} of ${all} predictions DIFFER`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function withThousands(count: number): string {
  return count.toLocaleString('en-US');
}
