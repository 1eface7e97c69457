import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LayerwiseError } from 'layerwise';
import type { ServedModel } from './servedModel.ts';

/** The HTTP side of the service. */

export interface ServerSettings {
  readonly served: ServedModel;
  /** Columns of a row, for what is said of requests. */
  readonly columns: readonly string[];
  /** Bytes of a request, at most. */
  readonly mostBytes: number;
  readonly isStopping: () => boolean;
  readonly log: (line: string) => void;
}

/** What is wrong with a request, with the code of HTTP for it. */
class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function createService(settings: ServerSettings): Server {
  const server = createServer((request, response) => {
    void answer(request, response, settings);
  });
  // Somebody who sends a byte a minute must not hold a connection for ever.
  server.requestTimeout = 10_000;
  server.headersTimeout = 5_000;
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  settings: ServerSettings,
): Promise<void> {
  try {
    const [status, body] = await route(request, settings);
    if (settings.isStopping()) response.setHeader('connection', 'close');
    send(response, status, body);
  } catch (error) {
    // Who has gone away needs no answer.
    if (response.destroyed) return;
    const isTheirs = error instanceof RequestError;
    if (!isTheirs) settings.log(`${request.method} ${request.url} failed: ${String(error)}`);
    // What went wrong inside is for the log, not for strangers.
    const message = isTheirs ? error.message : 'internal error';
    // What is left of a request that is too large is not read.
    if (!request.complete) response.setHeader('connection', 'close');
    send(response, isTheirs ? error.status : 500, { error: message });
  }
}

async function route(request: IncomingMessage, settings: ServerSettings) {
  const [pathname] = (request.url ?? '').split('?');
  if (pathname === '/healthz') {
    requireMethod(request, 'GET');
    return health(settings);
  }
  if (pathname === '/predict') {
    requireMethod(request, 'POST');
    return await predict(request, settings);
  }
  throw new RequestError(404, `there is no ${pathname}; there are /predict and /healthz`);
}

function health({ served, isStopping }: ServerSettings): [number, object] {
  if (isStopping()) return [503, { status: 'stopping', ...served.status }];
  if (served.model === undefined) return [503, { status: 'no model yet', ...served.status }];
  return [200, { status: 'ok', ...served.status }];
}

async function predict(
  request: IncomingMessage,
  { served, columns, mostBytes }: ServerSettings,
): Promise<[number, object]> {
  // The same model from here on, also when a newer one takes its place.
  const { model } = served;
  if (model === undefined) throw new RequestError(503, 'there is no model yet');
  const rows = rowsOf(await readBody(request, mostBytes), columns);
  try {
    // On a thread of the core: other requests are answered meanwhile.
    const { values } = await model.predict(rows as number[][], { threads: 1 });
    return [200, { predictions: [...values] }];
  } catch (error) {
    // The library says what is wrong with the rows, and where.
    if (error instanceof LayerwiseError) throw new RequestError(400, error.message);
    throw error;
  }
}

function rowsOf(text: string, columns: readonly string[]): unknown {
  const form = `expected {"rows": [[${columns.join(', ')}], ...]}`;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new RequestError(400, `${form}, received no JSON: ${(error as Error).message}`);
  }
  if (typeof body === 'object' && body !== null && 'rows' in body) return body.rows;
  throw new RequestError(400, `${form}, received no rows`);
}

async function readBody(request: IncomingMessage, mostBytes: number): Promise<string> {
  const refuse = () => new RequestError(413, `a request may have ${mostBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw refuse();
  const chunks: Buffer[] = [];
  let bytes = 0;
  return await new Promise((resolve, reject) => {
    // Leaving a `for await` loop would close the connection before the answer.
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= mostBytes) return;
      // Not all say how much they send.
      request.pause();
      reject(refuse());
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}

function requireMethod({ method, url }: IncomingMessage, wanted: string): void {
  if (method !== wanted) throw new RequestError(405, `${url} takes ${wanted}`);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}
