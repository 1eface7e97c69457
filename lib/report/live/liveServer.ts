import { randomBytes } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { codeOf } from '../../builtins.js';
import { ArgumentError } from '../../errors.js';
import { pageOf, policyOf } from '../page/html.js';
import { type PageFiles, readPageFiles } from '../page/pageFiles.js';
import type { LiveEvent, ReportData } from '../reportData.js';
import { askedFor } from './requestCheck.js';

/** A page that is told of a training or a search while it runs, on the loopback address alone. */

export interface LiveOptions {
  /** 0 takes one that is free. */
  readonly port: number;
  /** What a page shows that is opened now. */
  readonly current: () => ReportData;
  /** The page asks for an end. */
  readonly onStop: () => void;
}

/** What may wait for a browser that does not take it; more is left out. */
const mostWaitingBytes = 2 ** 22;

export class LiveServer {
  readonly #server: Server;
  readonly #files: PageFiles;
  readonly #options: LiveOptions;
  readonly #token = randomBytes(16).toString('hex');
  readonly #viewers = new Set<ServerResponse>();

  private constructor(files: PageFiles, options: LiveOptions) {
    this.#files = files;
    this.#options = options;
    this.#server = createServer((request, response) => {
      const { port } = this;
      const asked = askedFor(request, { port, token: this.#token });
      request.resume();
      if (asked === 'page') this.#sendPage(response);
      else if (asked === 'events') this.#addViewer(response);
      else if (asked === 'stop') this.#stop(response);
      else response.writeHead(asked, { 'content-type': 'text/plain' }).end();
    });
    // Whoever trains decides how long the process lives.
    this.#server.unref();
  }

  /** @throws ArgumentError for a port that is taken; StateError where the package lacks the page */
  static async open(options: LiveOptions): Promise<LiveServer> {
    const live = new LiveServer(await readPageFiles(), options);
    await new Promise<void>((resolve, reject) => {
      live.#server.once('error', (error) => reject(ofPort(error, options.port)));
      live.#server.listen({ host: '127.0.0.1', port: options.port }, resolve);
    });
    return live;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** For the browser; who knows it may look, and ask for an end. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/${this.#token}/`;
  }

  /** Whether somebody looks: else nothing has to be made for them. */
  get hasViewers(): boolean {
    return this.#viewers.size > 0;
  }

  tell(event: LiveEvent): void {
    if (!this.hasViewers) return;
    const text = messageOf(event);
    for (const viewer of this.#viewers) {
      // Whatever comes later says it again.
      if (event.type !== 'report' && viewer.writableLength > mostWaitingBytes) continue;
      viewer.write(text);
    }
  }

  /** Tells what there is at the end, and lets everybody go. */
  async close(): Promise<void> {
    this.tell({ type: 'report', report: this.#options.current() });
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const ended = [...this.#viewers].map(
      (viewer) => new Promise<void>((resolve) => viewer.end(() => resolve())),
    );
    // A browser that does not take it holds up nobody.
    await Promise.race([Promise.all(ended), pause(500)]);
    this.#server.closeAllConnections();
    await closed;
  }

  #sendPage(response: ServerResponse): void {
    const page = pageOf(this.#options.current(), this.#files);
    response.writeHead(200, {
      ...sharedHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `${policyOf(this.#files, { connects: true })}; frame-ancestors 'none'`,
    });
    response.end(page);
  }

  #addViewer(response: ServerResponse): void {
    response.writeHead(200, { ...sharedHeaders, 'content-type': 'text/event-stream' });
    // Who comes back after the connection was lost has missed something.
    response.write(messageOf({ type: 'report', report: this.#options.current() }));
    this.#viewers.add(response);
    response.on('close', () => this.#viewers.delete(response));
  }

  #stop(response: ServerResponse): void {
    response.writeHead(204, sharedHeaders).end();
    this.#options.onStop();
  }
}

const sharedHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

function messageOf(event: LiveEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

function ofPort(error: Error, port: number): Error {
  if (codeOf(error) !== 'EADDRINUSE' && codeOf(error) !== 'EACCES') return error;
  return new ArgumentError(
    {
      path: 'watch',
      expected: 'a port of this machine that is free',
      received: String(port),
      remedy: 'Name another one, or none: one that is free is taken then.',
    },
    { cause: error },
  );
}
