import { readFile } from 'node:fs/promises';
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
      settings.log(`training failed: ${error instanceof Error ? error.message : error}`);
    });
    await wait(1000 * settings.everySeconds, undefined, { signal }).catch(() => {});
  }
}

async function train(settings: TrainingSettings, signal: AbortSignal): Promise<void> {
  const { data, path, epochs, log } = settings;
  const { inputs, targets } = await readTable(data);
  // The first layer scales the columns, so that whoever asks sends readings as they are.
  const model = sequential([batchNorm(), dense(32, { activation: 'tanh' }), dense(1)], {
    ...{ inputSize: columns.length, seed: 1 },
  });
  const run = model.fit(
    { inputs, targets },
    {
      ...{ epochs, optimizer: adam({ learningRate: 0.01 }), schedule: 'cosine' },
      ...{ validation: 0.2, earlyStopping: { patience: 50 } },
      // A core is left for requests.
      threads: Math.max(1, info().threads - 1),
    },
  );
  const stop = () => run.stop();
  signal.addEventListener('abort', stop, { once: true });
  const history = await run.finally(() => signal.removeEventListener('abort', stop));
  if (history.stopReason === 'stopped') return;
  const { loss } = history.epochs[(history.bestEpoch ?? epochs) - 1]?.validation ?? {};
  model.annotations = { columns, target, rows: targets.length, validationLoss: loss ?? null };
  // At any moment the path holds a whole model: the older or the newer one.
  await model.save(path);
  log(`trained on ${targets.length} rows, validation loss ${loss?.toPrecision(3)}`);
}

async function readTable(path: string): Promise<{ inputs: number[][]; targets: number[] }> {
  const text = await readFile(path, 'utf8');
  const { data } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
  return {
    inputs: data.map((reading) => columns.map((column) => Number(reading[column]))),
    targets: data.map((reading) => Number(reading[target])),
  };
}
