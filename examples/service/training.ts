import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { adam, batchNorm, dense, info, sequential } from 'layerwise';
import Papa from 'papaparse';

/** Trains beside the service, and puts what it has learned in the place of the model that is served. */

export const columns = ['speed', 'flow', 'pressure', 'temperature'];
const target = 'power';

export interface TrainingSettings {
  /** A CSV file with the columns and the target; it is read anew for each training. */
  readonly data: string;
  /** Where the model is saved. */
  readonly path: string;
  /** A folder for checkpoints: a service that was ended goes on with its training. */
  readonly checkpoints: string;
  readonly epochs: number;
  readonly log: (line: string) => void;
}

/** Trains again and again, so many seconds after the last time, until the signal ends it. */
export async function keepTraining(
  settings: TrainingSettings & { readonly everySeconds: number },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    // A table that is being written, a full disk: the service goes on with the model that it has.
    await train(settings, signal).catch((error: unknown) => {
      if (signal.aborted) return;
      settings.log(`training failed: ${error instanceof Error ? error.message : error}`);
    });
    await wait(1000 * settings.everySeconds, undefined, { signal }).catch(() => {});
  }
}

async function train(settings: TrainingSettings, signal: AbortSignal): Promise<void> {
  const { data, path, checkpoints, epochs, log } = settings;
  const text = await readFile(data, 'utf8');
  const { inputs, targets } = tableOf(text);
  // The first layer scales the columns, so that whoever asks sends readings as they are.
  const model = sequential([batchNorm(), dense(32, { activation: 'tanh' }), dense(1)], {
    ...{ inputSize: columns.length, seed: 1 },
  });
  const options = {
    epochs,
    optimizer: adam({ learningRate: 0.01 }),
    schedule: 'cosine',
    validation: 0.2,
    // Whoever wants more epochs has more patience, too.
    earlyStopping: { patience: Math.max(50, Math.ceil(epochs / 10)) },
  } as const;
  // Checkpoints of another table, or of other options, would be refused: each has its own.
  const name = createHash('sha256')
    .update(text)
    .update(JSON.stringify([model.spec, options]));
  const directory = join(checkpoints, name.digest('hex').slice(0, 16));
  const history = await model.fit(
    { inputs, targets },
    {
      ...options,
      checkpoint: { directory, everySeconds: 30 },
      resume: 'auto',
      // A core is left for requests.
      threads: Math.max(1, info().threads - 1),
      signal,
    },
  );
  const { loss } = history.epochs[(history.bestEpoch ?? epochs) - 1]?.validation ?? {};
  model.annotations = { columns, target, rows: targets.length, validationLoss: loss ?? null };
  // At any moment the path holds a whole model: the older or the newer one.
  await model.save(path);
  await rm(checkpoints, { recursive: true, force: true });
  log(`trained on ${targets.length} rows, validation loss ${loss?.toPrecision(3)}`);
}

function tableOf(text: string): { inputs: number[][]; targets: number[] } {
  const { data } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
  return {
    inputs: data.map((reading) => columns.map((column) => Number(reading[column]))),
    targets: data.map((reading) => Number(reading[target])),
  };
}
