import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenLinks } from '../../../scripts/site/links.mjs';

let site: string;
beforeAll(() => {
  site = mkdtempSync(join(tmpdir(), 'layerwise-links-'));
  mkdirSync(join(site, 'guide'));
  writeFileSync(join(site, 'picture.png'), '');
});
afterAll(() => rmSync(site, { recursive: true, force: true }));

function page(name: string, body: string): void {
  writeFileSync(join(site, name), `<!doctype html><body>${body}</body>`);
}

test('links to pages, headings, files and other sites are fine', () => {
  page('index.html', '<a class="x" href="guide/first.html#a%20b">1</a><a href="picture.png">2</a>');
  page('guide/first.html', '<h2 id="a b"><a href="#a b">1</a></h2><a href="https://a.b/#c">2</a>');
  expect(brokenLinks(site)).toEqual([]);
});

test('each link that leads nowhere is named once', () => {
  page('index.html', '<a href="#no">1</a><a href="#no">2</a><a href="guide/second.html">3</a>');
  page('guide/first.html', '<h2 id="here"></h2><a href="../index.html#here">1</a>');
  expect(brokenLinks(site).sort()).toEqual([
    `${join('guide', 'first.html')} links to ../index.html#here, which is not there`,
    'index.html links to #no, which is not there',
    'index.html links to guide/second.html, which is not there',
  ]);
});
