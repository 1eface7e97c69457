/** PostgreSQL and Redis of the system, started on loopback with data of their own, and ended by their ids. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './freePort.js';

/** A server that runs until it is ended. */
export interface Server {
  /** With its password, if it has one. */
  readonly address: string;
  readonly password: string | undefined;
  /** Ends it, as an administrator does, and starts it again with the same data and port. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

/** Where a program lies: on the path, or where Debian keeps those of PostgreSQL. */
function programOf(name: string): string | null {
  const versions = '/usr/lib/postgresql';
  const ofDebian = existsSync(versions)
    ? readdirSync(versions).map((version) => join(versions, version, 'bin'))
    : [];
  const folders = [...ofDebian, ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Which servers this machine has. */
export const isInstalled = {
  postgres: programOf('initdb') !== null && programOf('postgres') !== null,
  redis: programOf('redis-server') !== null,
};

/** PostgreSQL refuses to run as root; its Debian package makes a user for it. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => {
    for (const name of ['postgres', 'nobody']) {
      try {
        return Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      } catch {
        // The next one.
      }
    }
    throw new Error('neither a user postgres nor nobody');
  };
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isThere) return;
    await delay(50);
  }
  throw new Error(`nothing listens on port ${port} after 30 s`);
}

/** What both servers have in common: a process that is started, ended by its id, and started again. */
async function running(
  start: () => ChildProcess,
  port: number,
  signal: NodeJS.Signals,
): Promise<Pick<Server, 'restart'> & { stop(): Promise<void> }> {
  let child = start();
  await answers(port, child);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    stop,
    async restart() {
      await stop();
      child = start();
      await answers(port, child);
    },
  };
}

export async function startPostgres(): Promise<Server> {
  const user = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), 'layerwise-postgres-'));
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const password = randomUUID();
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  for (const path of [folder, data, passwordFile]) {
    if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid);
  }
  const options = { ...user, cwd: folder, stdio: 'ignore' as const, env: { LC_ALL: 'C' } };
  const how = ['-D', data, '-U', 'layerwise', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  execFileSync(programOf('initdb') ?? 'initdb', [...how, '-E', 'UTF8', '--no-sync'], options);
  const port = await freePort();
  const words = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'];
  words.push('-c', 'unix_socket_directories=', '-c', 'max_connections=200');
  const start = () => spawn(programOf('postgres') ?? 'postgres', words, options);
  // SIGINT ends connections too.
  const server = await running(start, port, 'SIGINT');
  return {
    address: `postgres://layerwise:${password}@127.0.0.1:${port}/postgres`,
    password,
    restart: () => server.restart(),
    async end() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function startRedis(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'layerwise-redis-'));
  const port = await freePort();
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  words.push('--appendonly', 'yes', '--save', '', '--requirepass', 'sesame');
  const program = programOf('redis-server') ?? 'redis-server';
  const start = () => spawn(program, words, { cwd: folder, stdio: 'ignore' });
  const server = await running(start, port, 'SIGTERM');
  return {
    address: `redis://:sesame@127.0.0.1:${port}/0`,
    password: 'sesame',
    restart: () => server.restart(),
    async end() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
