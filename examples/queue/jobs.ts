import { type JobsOptions, Queue } from 'bullmq';
import { Redis } from 'ioredis';

/** What a job is, and how jobs come into the queue. */

/** One detector that is to be trained. */
export interface DetectorJob {
  readonly customer: string;
  /** A CSV file with the readings of the customer. */
  readonly data: string;
  /** Names the state of that file: a detector that was trained on it need not be trained again. */
  readonly version: string;
}

/** What a worker says of its training while it runs. */
export interface TrainingProgress {
  readonly epoch: number;
  readonly epochs: number;
}

export const queueName = 'layerwise-detectors';

/** A disk that is full, or a file that is being written, may be fine a little later. */
const retries: JobsOptions = { attempts: 3, backoff: { type: 'exponential', delay: 1000 } };

export function connect(url: string): Redis {
  // BullMQ waits for commands by itself.
  return new Redis(url, { maxRetriesPerRequest: null });
}

/** Adds a job for each state of the data of a customer that has none yet, and gives those that failed new attempts. */
export async function addJobs(connection: Redis, jobs: readonly DetectorJob[]): Promise<void> {
  const queue = new Queue<DetectorJob>(queueName, { connection });
  try {
    await queue.addBulk(
      jobs.map((data) => ({
        name: 'train',
        data,
        opts: { ...retries, jobId: `${data.customer}-${data.version}` },
      })),
    );
    await queue.retryJobs({ state: 'failed' });
  } finally {
    await queue.close();
  }
}
