import type { RedisClientType } from 'redis';
import type { ServerAddress } from './address.js';
import { loadDriver } from './drivers.js';
import { requireSchema } from './postgres.js';
import type { Appended, Beat, LogPart, StudyCatalog, StudyStorage } from './storage.js';

const linesAtOnce = 20_000;

/** Appends to the list if it is as long as expected. What was deleted meanwhile is not begun anew. */
const appendScript = `
local length = redis.call('LLEN', KEYS[1])
if ARGV[1] == '' then
  if length == 0 then return redis.error_reply('LAYERWISE the study was deleted') end
elseif tonumber(ARGV[1]) ~= length then
  return -1
end
for index = 3, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[index]) end
redis.call('SADD', KEYS[2], ARGV[2])
return length
`;

const studiesKey = 'layerwise_studies';
const schemaKey = 'layerwise_schema';

type Client = Pick<RedisClientType, 'sendCommand' | 'destroy'>;

/** A log as a list, to which one script appends. A place is a number of lines. */
export class RedisStorage implements StudyStorage {
  readonly #client: Client;
  readonly #name: string;

  private constructor(
    client: Client,
    name: string,
    readonly shown: string,
  ) {
    this.#client = client;
    this.#name = name;
  }

  static async open(address: ServerAddress, name: string): Promise<RedisStorage> {
    const client = await connected(address);
    return new RedisStorage(client, name, `${address.shown}, study '${name}'`);
  }

  async append(lines: readonly string[], at?: number): Promise<Appended | null> {
    const place = at === undefined ? '' : String(at);
    const keys = [logKey(this.#name), studiesKey];
    const words = ['EVAL', appendScript, '2', ...keys, place, this.#name, ...lines];
    const from = Number(await this.#client.sendCommand(words));
    return from < 0 ? null : { from, next: from + lines.length };
  }

  async read(from: number): Promise<LogPart> {
    const lines: string[] = [];
    for (;;) {
      const start = from + lines.length;
      const range = [String(start), String(start + linesAtOnce - 1)];
      const part = await this.#client.sendCommand(['LRANGE', logKey(this.#name), ...range]);
      const given = part as unknown as readonly string[];
      for (const line of given) lines.push(line);
      if (given.length < linesAtOnce) return { lines, next: from + lines.length };
    }
  }

  async beat(worker: string): Promise<void> {
    await this.#client.sendCommand(['HINCRBY', workersKey(this.#name), worker, '1']);
  }

  async beats(): Promise<ReadonlyMap<string, Beat>> {
    const answer = await this.#client.sendCommand(['HGETALL', workersKey(this.#name)]);
    const flat = answer as unknown as readonly string[];
    const beats = new Map<string, Beat>();
    for (let index = 0; index + 1 < flat.length; index += 2) {
      beats.set(String(flat[index]), { text: String(flat[index + 1]), isGone: false });
    }
    return beats;
  }

  async leave(worker: string): Promise<void> {
    await this.#client.sendCommand(['HDEL', workersKey(this.#name), worker]);
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }
}

export async function redisCatalog(address: ServerAddress): Promise<StudyCatalog> {
  const client = await connected(address);
  return {
    async list() {
      const names = await client.sendCommand(['SMEMBERS', studiesKey]);
      return [...(names as unknown as readonly string[])].sort();
    },
    async delete(name) {
      const isKnown = await client.sendCommand(['SREM', studiesKey, name]);
      await client.sendCommand(['DEL', logKey(name), workersKey(name)]);
      return Number(isKnown) === 1;
    },
    async close() {
      client.destroy();
    },
  };
}

function logKey(name: string): string {
  return `layerwise_study:${name}:log`;
}

function workersKey(name: string): string {
  return `layerwise_study:${name}:workers`;
}

async function connected(address: ServerAddress): Promise<Client> {
  const { createClient } = await loadDriver('redis', () => import('redis'));
  const { password } = address;
  const client = createClient({
    url: address.address,
    ...(password !== undefined && { password }),
    name: 'layerwise',
    // Commands fail while there is no connection; whoever sends them tries again.
    disableOfflineQueue: true,
    socket: { connectTimeout: 10_000, reconnectStrategy: (tries) => Math.min(100 * tries, 1000) },
  });
  let isConnected = false;
  let stop: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    stop = reject;
  });
  client.on('error', (error) => {
    // The first connection is refused at once, as its address may be wrong.
    if (!isConnected) stop(error);
  });
  try {
    await Promise.race([client.connect(), failed]);
    isConnected = true;
    await client.sendCommand(['SET', schemaKey, '1', 'NX']);
    requireSchema(await client.sendCommand(['GET', schemaKey]), address.shown);
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  }
}
