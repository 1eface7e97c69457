import { setTimeout as delay } from 'node:timers/promises';
import type { Pool as PgPool, PoolConfig } from 'pg';
import { codeOf } from '../../builtins.js';
import { StateError } from '../../errors.js';
import type { ServerAddress } from './address.js';
import { loadDriver } from './drivers.js';
import type { Appended, Beat, LogPart, StudyCatalog, StudyStorage } from './storage.js';

/** The version of the tables below. */
const schemaVersion = 1;

/** How many lines one query may give: a study of long trainings has hundreds of thousands. */
const linesAtOnce = 20_000;

/**
 * Takes the lock of the study before it looks for the number of the line: without it, a line with a lower
 * number could be committed after a reader has gone by. Each statement of a function sees what was committed before it.
 */
const schema = `
CREATE TABLE IF NOT EXISTS layerwise_schema (version integer NOT NULL);
CREATE TABLE IF NOT EXISTS layerwise_studies (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS layerwise_operations (
  study integer NOT NULL REFERENCES layerwise_studies ON DELETE CASCADE,
  position bigint NOT NULL,
  line text NOT NULL,
  PRIMARY KEY (study, position)
);
CREATE TABLE IF NOT EXISTS layerwise_workers (
  study integer NOT NULL REFERENCES layerwise_studies ON DELETE CASCADE,
  worker text NOT NULL,
  beat bigint NOT NULL,
  PRIMARY KEY (study, worker)
);
CREATE OR REPLACE FUNCTION layerwise_append(of_name text, lines text[], expected bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last bigint;
  of_study integer;
BEGIN
  IF expected = 0 THEN
    INSERT INTO layerwise_studies (name) VALUES (of_name) ON CONFLICT DO NOTHING;
  END IF;
  SELECT id INTO of_study FROM layerwise_studies WHERE name = of_name;
  IF of_study IS NULL THEN RAISE EXCEPTION 'the study was deleted'; END IF;
  PERFORM pg_advisory_xact_lock(${0x6c617965}, of_study);
  SELECT coalesce(max(position), 0) INTO last FROM layerwise_operations WHERE study = of_study;
  IF expected IS NOT NULL AND expected <> last THEN RETURN NULL; END IF;
  INSERT INTO layerwise_operations (study, position, line)
    SELECT of_study, last + place, line FROM unnest(lines) WITH ORDINALITY AS given (line, place);
  RETURN last;
END $$;
`;

const idOf = '(SELECT id FROM layerwise_studies WHERE name = $1)';

/** A log as rows of a table, numbered without gaps. A place is a number of rows. */
export class PostgresStorage implements StudyStorage {
  readonly #pool: PgPool;
  readonly #name: string;

  private constructor(
    pool: PgPool,
    name: string,
    readonly shown: string,
  ) {
    this.#pool = pool;
    this.#name = name;
  }

  static async open(address: ServerAddress, name: string): Promise<PostgresStorage> {
    return new PostgresStorage(await connected(address), name, `${address.shown}, study '${name}'`);
  }

  async append(lines: readonly string[], at?: number): Promise<Appended | null> {
    const text = 'SELECT layerwise_append($1, $2, $3) AS last';
    const { rows } = await this.#pool.query(text, [this.#name, lines, at ?? null]);
    const last: unknown = rows[0]?.last;
    if (last === null) return null;
    const from = Number(last);
    return { from, next: from + lines.length };
  }

  async read(from: number): Promise<LogPart> {
    const lines: string[] = [];
    for (;;) {
      const { rows } = await this.#pool.query(
        `SELECT line FROM layerwise_operations WHERE study = ${idOf} AND position > $2
         ORDER BY position LIMIT ${linesAtOnce}`,
        [this.#name, from + lines.length],
      );
      for (const { line } of rows) lines.push(String(line));
      if (rows.length < linesAtOnce) return { lines, next: from + lines.length };
    }
  }

  async beat(worker: string): Promise<void> {
    await this.#pool.query(
      `INSERT INTO layerwise_workers (study, worker, beat)
       SELECT id, $2, 1 FROM layerwise_studies WHERE name = $1
       ON CONFLICT (study, worker) DO UPDATE SET beat = layerwise_workers.beat + 1`,
      [this.#name, worker],
    );
  }

  async beats(): Promise<ReadonlyMap<string, Beat>> {
    const text = `SELECT worker, beat FROM layerwise_workers WHERE study = ${idOf}`;
    const { rows } = await this.#pool.query(text, [this.#name]);
    return new Map(rows.map(({ worker, beat }) => [worker, { text: String(beat), isGone: false }]));
  }

  async leave(worker: string): Promise<void> {
    const text = `DELETE FROM layerwise_workers WHERE study = ${idOf} AND worker = $2`;
    await this.#pool.query(text, [this.#name, worker]);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

export async function postgresCatalog(address: ServerAddress): Promise<StudyCatalog> {
  const pool = await connected(address);
  return {
    async list() {
      const { rows } = await pool.query('SELECT name FROM layerwise_studies ORDER BY name');
      return rows.map(({ name }) => String(name));
    },
    async delete(name) {
      const text = 'DELETE FROM layerwise_studies WHERE name = $1';
      const { rowCount } = await pool.query(text, [name]);
      return rowCount === 1;
    },
    close: () => pool.end(),
  };
}

async function connected(address: ServerAddress): Promise<PgPool> {
  const { default: pg } = await loadDriver('pg', () => import('pg'));
  const config: PoolConfig = {
    connectionString: withPassword(address),
    // One for the log, one for signs of life, which must not wait for it.
    max: 2,
    connectionTimeoutMillis: 10_000,
    query_timeout: 60_000,
    application_name: 'layerwise',
  };
  const pool = new pg.Pool(config);
  // Of connections that nobody uses: the next query opens another one.
  pool.on('error', () => {});
  try {
    await onceStarted(() => prepareSchema(pool, address.shown));
    return pool;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/** For the driver alone, which takes what an address has not for nothing. */
function withPassword({ address, password }: ServerAddress): string {
  if (password === undefined) return address;
  const url = new URL(address);
  url.password = encodeURIComponent(password);
  return url.href;
}

const startingUp = '57P03';

/** A server that has just been started refuses whoever comes too early, for half a minute at most. */
async function onceStarted(action: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (codeOf(error) !== startingUp || tries >= 300) throw error;
      await delay(100);
    }
  }
}

/** Makes the tables where there are none; several workers may do so at once. */
async function prepareSchema(pool: PgPool, shown: string): Promise<void> {
  const known = await pool.query(`SELECT to_regclass('layerwise_schema') IS NOT NULL AS "isThere"`);
  if (known.rows[0]?.isThere !== true) {
    // One text of several statements is one transaction.
    await pool.query(`SELECT pg_advisory_xact_lock(${0x6c617965}, 0); ${schema}
      INSERT INTO layerwise_schema SELECT ${schemaVersion}
      WHERE NOT EXISTS (SELECT 1 FROM layerwise_schema);`);
  }
  const { rows } = await pool.query('SELECT version FROM layerwise_schema');
  requireSchema(rows[0]?.version, shown);
}

/** @throws StateError for tables of a newer version. */
export function requireSchema(version: unknown, shown: string): void {
  if (Number(version) === schemaVersion) return;
  throw new StateError({
    path: shown,
    expected: `tables and keys of version ${schemaVersion} of the schema`,
    received: `version ${String(version)}`,
    remedy: 'Use the version of layerwise that made them.',
  });
}
