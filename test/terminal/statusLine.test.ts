import { describe, expect, test } from 'vitest';
import { StatusLine } from '../../lib/terminal/statusLine.js';
import { lastDrawing, printing } from './collector.js';

describe('StatusLine', () => {
  test('redraws one line in place, cut to the width, and removes it', () => {
    const { printer, seen } = printing(20);
    const line = new StatusLine(printer);
    line.draw('one');
    line.draw('two, which is far too long for it');
    expect(lastDrawing(seen.text)).toBe('two, which is far t');
    line.clear();
    expect(lastDrawing(seen.text)).toBe('');
    expect(seen.text).not.toContain('\n');
  });

  test('counts the columns that characters take, and shows those that a terminal obeys', () => {
    const { printer, seen } = printing(20);
    const line = new StatusLine(printer);
    line.draw('Looking 판매/데이터.csv 5 %');
    expect(lastDrawing(seen.text)).toBe('Looking 판매/데이터');
    line.draw('a\u001b[2J');
    expect(lastDrawing(seen.text)).toBe('a\\x1b[2J');
  });

  test('takes a terminal that does not know its width for one of 80 columns', () => {
    const line = new StatusLine(printing(0).printer);
    expect(line.width).toBe(79);
  });

  test('draws the same only once, and clears only what was drawn', () => {
    const { printer, seen } = printing(80);
    const line = new StatusLine(printer);
    line.clear();
    line.draw('same');
    line.draw('same');
    expect(seen.text).toBe('\rsame\u001b[K');
  });

  test('stays silent where nobody looks on', () => {
    for (const { printer, seen } of [printing(), printing(80, { TERM: 'dumb' })]) {
      const line = new StatusLine(printer);
      line.draw('text');
      line.clear();
      expect(seen.text).toBe('');
    }
  });
});
