import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** A real browser for the tests of the page. */

const places = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Undefined where there is none: tests are skipped then, and say so. */
export const browserPath = places.find((path) => path !== undefined && existsSync(path));

if (browserPath === undefined) {
  console.warn('No Chromium is installed: the page of reports is not tested in a browser.');
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(browserPath !== undefined && { executablePath: browserPath }),
    // Tests run as root in containers, where the sandbox cannot.
    args: ['--no-sandbox', '--disable-gpu'],
  });
}
