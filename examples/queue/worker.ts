import { type Job, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { type DetectorJob, queueName } from './jobs.ts';
import { type TrainingSettings, trainDetector } from './training.ts';

/** A worker takes one job after the other from the queue. */

export interface WorkerSettings extends Omit<TrainingSettings, 'onProgress' | 'signal'> {
  readonly connection: Redis;
  /** Seconds without a sign of life after which the job of a worker goes to another one. */
  readonly lockSeconds: number;
  readonly log: (line: string) => void;
}

export function startWorker(settings: WorkerSettings): Worker<DetectorJob, boolean> {
  const { connection, lockSeconds, log } = settings;
  const worker = new Worker<DetectorJob, boolean>(
    queueName,
    (job, token, signal) => work({ job, token, signal: signal ?? neverAborted }, settings),
    {
      connection,
      // Trainings run on threads of their own: this process keeps telling that it lives.
      lockDuration: 1000 * lockSeconds,
      stalledInterval: 1000 * lockSeconds,
      // A job is not at fault when its worker is killed.
      maxStalledCount: 10,
    },
  );
  worker.on('completed', ({ data }, isNew) => {
    log(`${data.customer}: ${isNew ? 'trained' : 'was trained already'}`);
  });
  worker.on('failed', (job, error) => log(`${job?.data.customer}: ${error.message}`));
  worker.on('error', (error) => log(`queue: ${error.message}`));
  return worker;
}

/** Has the trainings that run stop at a checkpoint, and gives their jobs back. */
export async function stopWorker(worker: Worker<DetectorJob, boolean>): Promise<void> {
  worker.cancelAllJobs('the worker stops');
  await worker.close();
}

const neverAborted = new AbortController().signal;

interface Task {
  readonly job: Job<DetectorJob, boolean>;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

async function work({ job, token, signal }: Task, settings: WorkerSettings): Promise<boolean> {
  try {
    return await trainDetector(job.data, {
      ...settings,
      signal,
      onProgress: (progress) => job.updateProgress({ ...progress }),
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    // Another worker goes on with it, and it costs no attempt.
    await job.moveToWait(token);
    throw new WaitingError();
  }
}
