import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { addJobs, connect, type DetectorJob } from './jobs.ts';
import { startWorker, stopWorker } from './worker.ts';

/**
 * Trains a detector for each customer from a queue, with BullMQ on Redis, on as many machines as there are workers:
 *
 *   npm run example -- queue add --data customers       a job for each CSV file in the folder
 *   npm run example -- queue work --folder detectors    a worker; start several, end them as you like
 *
 * Each detector is there in the end, and none is trained twice, whichever worker is killed meanwhile.
 */

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    redis: { type: 'string', default: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' },
    /** A folder with a CSV file for each customer, that all workers see under this name. */
    data: { type: 'string', default: 'customers' },
    /** Where detectors and checkpoints lie; shared by all workers. */
    folder: { type: 'string', default: 'detectors' },
    epochs: { type: 'string', default: '50' },
    threads: { type: 'string', default: '1' },
    'lock-seconds': { type: 'string', default: '30' },
  },
});
const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);

async function add(): Promise<void> {
  const names = (await readdir(options.data)).filter((name) => name.endsWith('.csv'));
  const jobs = await Promise.all(
    names.map(async (name): Promise<DetectorJob> => {
      const data = join(options.data, name);
      const { size, mtimeMs } = await stat(data);
      return { customer: basename(name, '.csv'), data, version: `${size}-${Math.trunc(mtimeMs)}` };
    }),
  );
  const connection = connect(options.redis);
  try {
    await addJobs(connection, jobs);
  } finally {
    await connection.quit();
  }
  log(`${jobs.length} customers are in the queue`);
}

async function work(): Promise<void> {
  await mkdir(options.folder, { recursive: true });
  const connection = connect(options.redis);
  const worker = startWorker({
    ...{ connection, log, folder: options.folder },
    epochs: Number(options.epochs),
    threads: Number(options.threads),
    lockSeconds: Number(options['lock-seconds']),
  });
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  log('stopping');
  await stopWorker(worker);
  await connection.quit();
}

const commands: Readonly<Record<string, () => Promise<void>>> = { add, work };
const [command = ''] = positionals;
const run = commands[command];
if (run === undefined) {
  console.error(`There is no command '${command}'; there are add and work.`);
  process.exitCode = 2;
} else {
  await run();
}
