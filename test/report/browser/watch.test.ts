import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layerwise } from '../../cli/process.js';
import { irisCsv, Workspace } from '../../cli/samples.js';
import { browserPath, openBrowser } from './browser.js';

/* A training that is watched, and stopped, in Chromium. */

let work: Workspace;
let browser: Browser;

beforeAll(async () => {
  work = await Workspace.create();
  if (browserPath !== undefined) browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await work.remove();
});

/** Trains for longer than any test takes, and does something once the address is known. */
async function watching(
  words: readonly string[],
  look: (url: string) => Promise<void>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const data = await work.write('iris.csv', irisCsv());
  let looked: Promise<unknown> | undefined;
  const long = ['--epochs', '100000000', '--members', '1', '--watch'];
  const finished = await layerwise(['train', data, '--target', 'species', ...long, ...words], {
    onOutput(stdout, child) {
      const url = /http:\S+/.exec(stdout)?.[0];
      if (url === undefined || looked !== undefined) return;
      looked = look(url).catch((error: unknown) => {
        child.kill('SIGTERM');
        return error;
      });
    },
  });
  expect(await looked).toBeUndefined();
  return finished;
}

describe('a training that is watched', () => {
  test('is shown to who knows its address, and to nobody else', async () => {
    const { code, stderr } = await watching([], async (url) => {
      const page = await fetch(url);
      expect(page.status).toBe(200);
      expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'");
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(await page.text()).toContain('"isRunning":true');
      const { origin } = new URL(url);
      expect((await fetch(`${origin}/`)).status).toBe(404);
      expect((await fetch(`${url}stop`, { method: 'POST' })).status).toBe(403);
      const elsewhere = { method: 'POST', headers: { origin: 'http://evil.example' } };
      expect((await fetch(`${url}stop`, elsewhere)).status).toBe(403);
      expect((await fetch(`${url}stop`, { method: 'POST', headers: { origin } })).status).toBe(204);
    });
    // As Ctrl-C does.
    expect({ code, stderr }).toMatchObject({ code: 130 });
  });

  test.skipIf(browserPath === undefined)(
    'is live in Chromium, and stopped by its button',
    async () => {
      const [model, saved] = [work.path('stopped.safetensors'), work.path('stopped.html')];
      const complaints: string[] = [];
      let status = '';
      let sections: string[] = [];
      const words = ['--out', model, '--report', saved];
      const { code } = await watching(words, async (url) => {
        const page = await browser.newPage({ locale: 'en' });
        page.on('console', (message) => complaints.push(message.text()));
        page.on('pageerror', (error) => complaints.push(error.message));
        await page.goto(url);
        const line = page.getByRole('status');
        // Curves come, and go on.
        await page.locator('#curves path.line').first().waitFor();
        await expect.poll(() => line.textContent(), { timeout: 20_000 }).toMatch(/\d/);
        await page.locator('.live button').click();
        await page.locator('dialog button').nth(1).click();
        expect(await page.locator('dialog').count()).toBe(0);
        await page.locator('.live button').click();
        await page.locator('dialog button').first().click();
        // The report at the end takes the place of what was shown.
        await page.locator('#classes').waitFor();
        await expect.poll(() => page.locator('.live button').isHidden()).toBe(true);
        status = (await line.textContent()) ?? '';
        sections = await page
          .locator('main > section')
          .evaluateAll((all) => all.map(({ id }) => id));
        await page.close();
      });
      expect(code).toBe(130);
      expect(complaints).toEqual([]);
      expect(status).not.toBe('');
      expect(sections).toEqual(['curves', 'classes', 'importance', 'layers']);
      const file = await readFile(saved, 'utf8');
      expect(file).toContain('"live":null');
      expect(file).toContain('"from":"validation"');
    },
  );
});
