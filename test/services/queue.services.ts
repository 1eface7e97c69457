/** The example of a queue: workers in processes of their own on a real Redis. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect, type DetectorJob, queueName } from '../../examples/queue/jobs.js';
import { load } from '../../lib/index.js';
import { compile, root } from '../examples/compile.js';
import { Program, until } from '../examples/program.js';
import { requireInstalled } from './installed.js';
import { RedisServer } from './redisServer.js';

const program = join(root, '.compiled/examples/queue/main.js');
const hasRedis = requireInstalled('redis-server', RedisServer.isInstalled());

class Worker extends Program {
  constructor(words: readonly string[]) {
    super(program, ['work', '--lock-seconds', '1', ...words]);
  }

  /** Customers whose training it has reported. */
  get trained(): string[] {
    return Array.from(this.log.matchAll(/Z (\S+): trained$/gm), ([, customer]) => customer ?? '');
  }
}

/** Readings that follow from each other, and differ from customer to customer. */
function readings(customer: number, rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const speed = Math.sin(row * (customer + 1));
    return `${speed.toFixed(4)},${(2 * speed).toFixed(4)},${(customer + (row % 7)).toFixed(1)}`;
  });
  return `speed,flow,load\n${lines.join('\n')}\n`;
}

describe.runIf(hasRedis)('a queue of detectors', () => {
  let server: RedisServer;
  let connection: Redis;
  let queue: Queue<DetectorJob, boolean>;
  let folder: string;
  const workers: Worker[] = [];

  beforeAll(async () => {
    expect(compile('examples')).toMatchObject({ code: 0, all: '' });
    server = await RedisServer.start();
    connection = connect(server.url);
    queue = new Queue(queueName, { connection });
  });

  afterAll(async () => {
    await queue.close();
    await connection.quit();
    await server.stop();
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerwise-queue-'));
    mkdirSync(join(folder, 'customers'));
  });

  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.end('SIGKILL')));
    await queue.obliterate({ force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  const customerPath = (customer: string) => join(folder, 'customers', `${customer}.csv`);
  const detectors = () => join(folder, 'detectors');

  async function add(): Promise<void> {
    const words = ['add', '--redis', server.url, '--data', join(folder, 'customers')];
    const child = spawn(process.execPath, [program, ...words]);
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
  }

  function start(...words: string[]): Worker {
    const worker = new Worker(['--redis', server.url, '--folder', detectors(), ...words]);
    workers.push(worker);
    return worker;
  }

  const isEmpty = async () => {
    const { waiting, active, delayed, prioritized } = await queue.getJobCounts();
    return [waiting, active, delayed, prioritized].every((count) => (count ?? 0) === 0);
  };

  test('gives each of 1,000 customers a detector, once, though a worker is killed', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `c${String(i).padStart(4, '0')}`);
    for (const [i, name] of names.entries()) writeFileSync(customerPath(name), readings(i, 50));
    await add();
    await add();
    const killed = start('--epochs', '3');
    const other = start('--epochs', '3');
    const enough = 50 + Math.floor(Math.random() * 300);
    await until(() => killed.trained.length >= enough);
    await killed.end('SIGKILL');
    await until(isEmpty);
    expect(await queue.getJobCounts('completed', 'failed')).toEqual({ completed: 1000, failed: 0 });
    const trained = [...killed.trained, ...other.trained];
    expect(new Set(trained).size).toBe(trained.length);
    expect(other.trained.length).toBeGreaterThan(0);
    const files = readdirSync(detectors()).filter((file) => file.endsWith('.safetensors'));
    expect(files.sort()).toEqual(names.map((name) => `${name}.safetensors`));
    expect(readdirSync(join(detectors(), 'checkpoints'))).toEqual([]);
    for (const file of [files[0], files[500], files[999]]) {
      const model = await load(join(detectors(), file ?? ''), 'table');
      const found = await model.predictSync({ speed: 0.5, flow: -30, load: 3 });
      expect(found.anomaly).toBe(true);
    }
  });

  test('takes up a training where a worker that stops, or is killed, has left it', async () => {
    writeFileSync(customerPath('long'), readings(1, 300));
    await add();
    const [{ id = '' } = {}] = await queue.getJobs();
    const epochs = ['--epochs', '400'];
    const progressOf = async () => {
      const progress = (await queue.getJob(id))?.progress;
      return typeof progress === 'object' ? Number(Reflect.get(progress, 'epoch')) : 0;
    };
    const first = start(...epochs);
    await until(async () => (await progressOf()) > 20);
    expect(await first.end('SIGTERM')).toBe(0);
    const returned = await queue.getJob(id);
    expect(await returned?.getState()).toBe('waiting');
    expect(returned?.attemptsMade).toBe(0);
    const [place = ''] = readdirSync(join(detectors(), 'checkpoints'));
    expect(readdirSync(join(detectors(), 'checkpoints', place)).length).toBeGreaterThan(0);

    const second = start(...epochs);
    const reached = await progressOf();
    await until(async () => (await progressOf()) > reached + 20);
    await second.end('SIGKILL');
    const third = start(...epochs);
    await until(() => third.trained.includes('long'));

    const interrupted = readFileSync(join(detectors(), 'long.safetensors'));
    rmSync(join(detectors(), 'long.safetensors'));
    await queue.obliterate({ force: true });
    await add();
    await until(() => third.trained.length === 2);
    expect(readFileSync(join(detectors(), 'long.safetensors')).equals(interrupted)).toBe(true);
  });

  test('tries again what failed, and does not train what is trained', async () => {
    writeFileSync(customerPath('broken'), 'speed,flow\n');
    writeFileSync(customerPath('whole'), readings(1, 50));
    await add();
    const worker = start('--epochs', '3');
    await until(isEmpty);
    expect(await queue.getJobCounts('completed', 'failed')).toEqual({ completed: 1, failed: 1 });
    const [failed] = await queue.getFailed();
    expect(failed?.attemptsMade).toBe(3);
    expect(failed?.failedReason).toMatch(/broken\.csv/);

    writeFileSync(customerPath('broken'), readings(2, 50));
    await queue.clean(0, 100, 'completed');
    await add();
    await until(() => /whole: was trained already/.test(worker.log));
    await until(() => worker.trained.includes('broken'));
    expect(worker.trained.filter((customer) => customer === 'whole')).toHaveLength(1);
  });
});
