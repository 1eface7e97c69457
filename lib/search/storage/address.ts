import { ArgumentError } from '../../errors.js';

/** Where a study is kept: a file, or a server of databases. */
export type StudyAddress =
  | { readonly kind: 'file'; readonly path: string }
  | ({ readonly kind: 'postgres' | 'redis' } & ServerAddress);

export interface ServerAddress {
  /** Without its password. */
  readonly address: string;
  readonly password: string | undefined;
  /** For texts: without passwords and options. */
  readonly shown: string;
}

const kinds: Readonly<Record<string, 'postgres' | 'redis'>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'redis:': 'redis',
  'rediss:': 'redis',
};

/** Whether an address is that of a server; everything else is a file. */
export function isServerAddress(address: string): boolean {
  return /^(postgres|postgresql|redis|rediss):\/\//i.test(address);
}

/**
 * Takes an address apart, and the password out of it. Where it has none, that of the variable
 * `LAYERWISE_STUDY_PASSWORD` holds; PostgreSQL also knows `PGPASSWORD` and `~/.pgpass`.
 *
 * @throws ArgumentError, whose text has no password either.
 */
export function parseAddress(address: string): StudyAddress {
  if (!isServerAddress(address)) return { kind: 'file', path: address };
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new ArgumentError({
      path: 'address',
      expected: 'postgres://user@host:5432/database or redis://host:6379/0',
      received: 'an address that cannot be read',
      remedy: 'Signs such as # or / in a user name or password are written %23 and %2F.',
    });
  }
  const kind = kinds[url.protocol] ?? 'postgres';
  const own = url.password === '' ? url.searchParams.get('password') : decoded(url.password);
  const password = own ?? process.env.LAYERWISE_STUDY_PASSWORD;
  url.password = '';
  url.searchParams.delete('password');
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  return { kind, address: url.href, password, shown };
}

/** Whether the address itself holds a password, which everybody would see who lists processes. */
export function hasPassword(address: string): boolean {
  if (!isServerAddress(address)) return false;
  try {
    const url = new URL(address);
    return url.password !== '' || url.searchParams.has('password');
  } catch {
    return address.includes('@');
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
