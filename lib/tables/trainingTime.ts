import type { MatrixInput } from '../data/matrix.js';
import { takeRows } from '../data/takeRows.js';
import type { Sequential } from '../model/sequential.js';
import type { TrainingPlan } from './trainingPlan.js';

/** Updates that are measured: enough to tell, and over before anybody waits. */
const measuredUpdates = 8;

interface Measured {
  readonly data: { readonly inputs: MatrixInput; readonly targets: Int32Array | Float32Array };
  readonly plan: TrainingPlan;
  readonly threads?: number | undefined;
  readonly build: () => Sequential;
}

/** About how many seconds a training takes, by some updates of a network that is thrown away. */
export async function expectedSeconds({ data, plan, threads, build }: Measured): Promise<number> {
  const { batchSize, epochs, members, trainingRows, validationRows } = plan;
  const rows = Math.min(trainingRows, measuredUpdates * batchSize);
  const { inputs, targets } = data;
  const few = takeRows(
    { inputs, targets },
    Uint32Array.from({ length: rows }, (_, row) => row),
    inputs.columns,
  );
  // The second time everything is warm.
  const { seconds } = await build().fit(few, { epochs: 2, batchSize, optimizer: 'adamW', threads });
  // Rows that are only measured take a third of the work.
  return (seconds / (2 * rows)) * (trainingRows + validationRows / 3) * epochs * members;
}
