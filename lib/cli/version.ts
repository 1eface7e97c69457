import { readFileSync } from 'node:fs';

/** The version in our package.json, which lies two folders above this file, compiled or not. */
export function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
