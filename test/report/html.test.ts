import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { pageOf } from '../../lib/report/page/html.js';
import { readPageFiles } from '../../lib/report/page/pageFiles.js';
import { hostile, sampleReport } from './sample.js';

const files = await readPageFiles();
const page = pageOf(sampleReport(), files);

describe('a page', () => {
  test('is smaller than 300 kB without what it shows', () => {
    expect(files.script.length + files.style.length).toBeLessThan(300_000);
    expect(files.script.length).toBeGreaterThan(20_000);
  });

  test('has its data and its script, each once, and no other elements that run', () => {
    expect(page.match(/<script/gi)).toHaveLength(2);
    expect(page.match(/<\/script/gi)).toHaveLength(2);
    expect(page.includes('<!--')).toBe(false);
    const [before = '', , after = ''] = page.split(/<script[^>]*>[\s\S]*?<\/script>/);
    expect(/<img|<[^>]*\son[a-z]+=/i.test(before + after)).toBe(false);
  });

  test('keeps the data as it is', () => {
    const [, data = ''] =
      /<script type="application\/json" id="report-data">(.*)<\/script>/.exec(page) ?? [];
    expect(JSON.parse(data)).toEqual(sampleReport());
    expect(page.includes(hostile)).toBe(false);
  });

  test('allows its own script and style alone, and no connection', () => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    const script = page.split('<script>')[1]?.split('</script>')[0] ?? '';
    expect(policy).toBe(
      `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
  });

  test('has a script that never makes HTML of text, or code of it', () => {
    const unsafe = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/;
    expect(unsafe.exec(files.script)?.[0]).toBeUndefined();
  });
});
