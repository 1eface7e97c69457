import { ArgumentError } from '../../errors.js';
import { parseAddress } from './address.js';
import { postgresCatalog } from './postgres.js';
import { redisCatalog } from './redis.js';
import type { StudyCatalog } from './storage.js';

/**
 * The studies of a server.
 *
 * @throws ArgumentError for what is no address of a server; errors of the connection.
 */
export async function catalogOf(address: string): Promise<StudyCatalog> {
  const parsed = parseAddress(address);
  if (parsed.kind !== 'file') {
    const open = parsed.kind === 'postgres' ? postgresCatalog : redisCatalog;
    return await open(parsed);
  }
  throw new ArgumentError({
    path: 'address',
    expected: 'the address of a server: postgres://host/database or redis://host',
    received: `'${parsed.path}'`,
    remedy: 'A file holds one study.',
  });
}
