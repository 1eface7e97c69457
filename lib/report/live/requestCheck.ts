import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Which requests a live page answers: those of the page itself, in a browser of this machine. */

export interface Place {
  readonly port: number;
  /** Secret: who knows the address of the page has it. */
  readonly token: string;
}

/** What is asked for, or the status that says why not. */
export type Asked = 'page' | 'events' | 'stop' | 403 | 404 | 405;

/** What a request is for. */
export function askedFor({ method, url = '', headers }: IncomingMessage, place: Place): Asked {
  // A name of another site that leads to this machine (DNS rebinding) is none of ours.
  if (!isOwnHost(headers.host, place)) return 403;
  const [, token = '', name = '', ...rest] = (url.split('?')[0] ?? '').split('/');
  if (!isSame(token, place.token) || rest.length > 0) return 404;
  if (name === 'stop') {
    if (method !== 'POST') return 405;
    // A page of another site may send requests here, and browsers say so.
    return headers.origin === `http://${headers.host}` ? 'stop' : 403;
  }
  if (name !== '' && name !== 'events') return 404;
  if (method !== 'GET') return 405;
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return 403;
  return name === '' ? 'page' : 'events';
}

function isOwnHost(host: string | undefined, { port }: Place): boolean {
  return [`127.0.0.1:${port}`, `localhost:${port}`].includes(host ?? '');
}

/** In a time that does not tell how much of it was right. */
function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
