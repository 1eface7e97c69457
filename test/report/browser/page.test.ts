import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageOf } from '../../../lib/report/page/html.js';
import { readPageFiles } from '../../../lib/report/page/pageFiles.js';
import type { ReportData } from '../../../lib/report/reportData.js';
import { hostile, sampleReport } from '../sample.js';
import { browserPath, openBrowser } from './browser.js';

/* The page as it is: opened from a file by Chromium, with the network off. */

let browser: Browser;
let folder: string;

beforeAll(async () => {
  if (browserPath === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'layerwise-page-'));
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  /** Errors and warnings of the console, requests that were made, and exceptions. */
  readonly complaints: string[];
}

async function open(report: ReportData, options: BrowserContextOptions = {}): Promise<Opened> {
  const file = join(folder, `${Math.random()}.html`);
  await writeFile(file, pageOf(report, await readPageFiles()));
  const context = await browser.newContext({ offline: true, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
  });
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('footer');
  return { page, complaints };
}

describe.skipIf(browserPath === undefined)('the page in Chromium', () => {
  test('shows every section without an error, and names as nothing but text', async () => {
    const { page, complaints } = await open(sampleReport());
    const sections = await page
      .locator('main > section')
      .evaluateAll((all) => all.map(({ id }) => id));
    expect(sections).toEqual(sampleReport().sections.map(({ type }) => type));
    expect(await page.locator('h1').textContent()).toBe(hostile);
    expect(await page.title()).toBe(hostile);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('svg.chart').count()).toBeGreaterThan(15);
    // Every chart has a table behind it, which has rows once it is opened.
    const figures = await page.locator('figure').count();
    expect(await page.locator('figure details').count()).toBe(figures);
    for (const summary of await page.locator('figure summary').all()) await summary.click();
    await expect.poll(() => page.locator('figure details table').count()).toBe(figures);
    expect(await page.locator('figure details td').count()).toBeGreaterThan(100);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(complaints).toEqual([]);
  });

  test('refuses scripts that are not its own, however they get in', async () => {
    const { page } = await open(sampleReport());
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hacked = 1';
      document.body.append(script);
      const button = document.createElement('button');
      button.setAttribute('onclick', 'window.hacked = 1');
      document.body.append(button);
      button.click();
      return 'hacked' in window;
    });
    expect(ran).toBe(false);
  });

  test('is read with keys', async () => {
    const { page } = await open(sampleReport());
    const figure = page.locator('#curves figure').first();
    await figure.locator('svg.chart').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await figure.locator('.told').textContent()).toBe(
      'epoch 2: training 0.5, validation 0.6',
    );
    await page.keyboard.press('End');
    expect(await figure.locator('.told').textContent()).toBe('epoch 4: training 0.25');
    await figure.locator('input').focus();
    await page.keyboard.press('Space');
    expect(await figure.locator('input').isChecked()).toBe(true);
  });

  test('speaks Korean, and has words for everything', async () => {
    const { page, complaints } = await open(sampleReport('ko'), { locale: 'ko' });
    expect(await page.locator('html').getAttribute('lang')).toBe('ko');
    const headings = await page.locator('h2').allTextContents();
    expect(headings).toHaveLength(7);
    for (const heading of headings) expect(heading).toMatch(/[가-힣]/);
    expect(await page.locator('main').textContent()).not.toMatch(/\{\w+\}|undefined|NaN/);
    expect(complaints).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    'has text that can be read, in the %s',
    async (colorScheme) => {
      const { page } = await open(sampleReport(), { colorScheme });
      const contrasts = await page.evaluate(contrastsOfTexts);
      expect(contrasts.length).toBeGreaterThan(100);
      expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
    },
  );

  test('fits a telephone, and moves nothing where that is asked for', async () => {
    const { page } = await open(sampleReport(), {
      viewport: { width: 360, height: 700 },
      reducedMotion: 'reduce',
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      360,
    );
    const behaviour = await page.evaluate(
      () => getComputedStyle(document.documentElement).scrollBehavior,
    );
    expect(behaviour).toBe('auto');
  });

  test('is dark on light on paper, whatever the screen has', async () => {
    const { page } = await open(sampleReport(), { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const { color, background, nav } = await page.evaluate(() => {
      const { color, backgroundColor: background } = getComputedStyle(document.body);
      const nav = document.querySelector('nav');
      return { color, background, nav: nav && getComputedStyle(nav).display };
    });
    expect({ color, background, nav }).toEqual({
      ...{ color: 'rgb(0, 0, 0)', background: 'rgb(255, 255, 255)', nav: 'none' },
    });
  });
});

/** Of each text with the ground that it stands on, as WCAG has it. Runs in the page. */
function contrastsOfTexts(): number[] {
  const numbers = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const light = (color: string) => {
    const [red = 0, green = 0, blue = 0] = numbers(color).map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element: Element | null): string => {
    if (element === null) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return numbers(backgroundColor)[3] === 0 ? groundOf(element.parentElement) : backgroundColor;
  };
  const texts = [...document.querySelectorAll('main *')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim() !== ''),
  );
  return texts.map((element) => {
    const style = getComputedStyle(element);
    const own = light(element instanceof SVGElement ? style.fill : style.color);
    const ground = light(groundOf(element));
    return (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
  });
}
