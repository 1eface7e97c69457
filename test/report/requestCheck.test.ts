import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { askedFor } from '../../lib/report/live/requestCheck.js';

const place = { port: 8123, token: 'a'.repeat(32) };

function asked(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = { host: '127.0.0.1:8123' },
) {
  return askedFor({ method, url, headers } as unknown as IncomingMessage, place);
}

describe('a live page', () => {
  const own = { host: 'localhost:8123', origin: 'http://localhost:8123' };

  test('answers who knows its address', () => {
    expect(asked('GET', `/${place.token}/`)).toBe('page');
    expect(asked('GET', `/${place.token}/events`, own)).toBe('events');
    expect(asked('POST', `/${place.token}/stop`, own)).toBe('stop');
  });

  test('answers nobody else', () => {
    for (const url of [
      '/',
      '/events',
      `/${'b'.repeat(32)}/`,
      `/${place.token}x/events`,
      '//',
      '',
    ]) {
      expect(asked('GET', url), url).toBe(404);
    }
    expect(asked('GET', `/${place.token}/secret`)).toBe(404);
    expect(asked('GET', `/${place.token}/events/more`)).toBe(404);
  });

  test('knows no other name of the machine, so that none can be made to lead here', () => {
    for (const host of ['evil.example', 'evil.example:8123', '127.0.0.1', '127.0.0.1:80']) {
      expect(asked('GET', `/${place.token}/`, { host })).toBe(403);
    }
    expect(asked('GET', `/${place.token}/`, {})).toBe(403);
  });

  test('is stopped by its own button alone', () => {
    const path = `/${place.token}/stop`;
    const { host } = own;
    expect(asked('POST', path, { host })).toBe(403);
    expect(asked('POST', path, { host, origin: 'http://evil.example' })).toBe(403);
    expect(asked('POST', path, { host, origin: 'null' })).toBe(403);
    expect(asked('GET', path, own)).toBe(405);
    const events = `/${place.token}/events`;
    expect(asked('GET', events, { host, origin: 'http://evil.example' })).toBe(403);
  });
});
