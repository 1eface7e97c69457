import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Printer } from '../../lib/terminal/printer.js';
import { painted } from '../../lib/terminal/style.js';
import { printing } from './collector.js';

const hostile = '\u001b]0;title\u0007\u001b[2J\n\u202e';
const shown = '\\x1b]0;title\\x07\\x1b[2J\\n\\u202e';

/** A stream that fails like one of the system, after some chunks. */
class Failing extends Writable {
  attempts = 0;
  readonly #good: number;
  readonly #code: string;

  constructor(good: number, code: string) {
    super();
    this.#good = good;
    this.#code = code;
  }

  override _write(_: Buffer, __: BufferEncoding, done: (error?: Error) => void): void {
    this.attempts++;
    const error = Object.assign(new Error(`${this.#code}: write`), { code: this.#code });
    done(this.attempts > this.#good ? error : undefined);
  }
}

describe('a printer', () => {
  test('shows the control characters of names, and colours with its own', () => {
    const { printer, seen } = printing(80);
    printer.line(painted('bold', hostile), ` ${hostile}`);
    printer.block(`one\n${hostile.replace('\n', '')}\n`);
    printer.redraw(hostile);
    expect(seen.text).toBe(
      `\u001b[1m${shown}\u001b[22m ${shown}\none\n${shown.replace('\\n', '')}\n\r${shown}\u001b[K`,
    );
  });

  test('writes JSON that means the same and misleads no terminal', () => {
    const { printer, seen } = printing();
    printer.json({ [`${hostile}\u009b\u2028`]: hostile });
    expect(seen.text).toMatch(/^[ -~]+\n$/);
    expect(JSON.parse(seen.text)).toEqual({ [`${hostile}\u009b\u2028`]: hostile });
  });

  test('gives data as it is', async () => {
    const { printer, seen } = printing();
    await printer.data(`${hostile},1\n`);
    expect(seen.text).toBe(`${hostile},1\n`);
  });

  test('leaves a stream alone that has failed, and says so to whom it may concern', async () => {
    const stream = new Failing(1, 'ENOSPC');
    const printer = new Printer(stream, {});
    printer.line('one');
    await printer.delivered();
    expect(printer.lost.aborted).toBe(false);
    printer.line('two');
    await expect(printer.delivered()).rejects.toThrow('ENOSPC: write');
    expect(printer.lost.aborted).toBe(true);
    printer.line('three');
    await expect(printer.data('four')).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(stream.attempts).toBe(2);
  });

  test('leaves a stream alone whose writing throws', async () => {
    const stream = new Writable();
    const error = new Error('not to be written to');
    stream.write = () => {
      throw error;
    };
    const printer = new Printer(stream, {});
    printer.line('a');
    await expect(printer.delivered()).rejects.toBe(error);
  });

  test('takes a stream that is closed for a lost one', async () => {
    const stream = new Failing(1, 'EPIPE');
    stream.destroy();
    const printer = new Printer(stream, {});
    printer.line('one');
    await expect(printer.delivered()).rejects.toThrow();
  });

  test('ends sentences at blanks where somebody looks on, and nowhere else', () => {
    const text = 'A sentence that is too long for it.';
    const terminal = printing(20, { NO_COLOR: '1' });
    terminal.printer.paragraph(text);
    expect(terminal.seen.text).toBe('A sentence that is\n  too long for it.\n');
    expect(terminal.printer.lineWidth).toBe(20);
    for (const { printer, seen } of [printing(), printing(20, { TERM: 'dumb' }), printing(0)]) {
      printer.paragraph(text);
      expect(seen.text).toBe(`${text}\n`);
      expect(printer.lineWidth).toBe(Number.POSITIVE_INFINITY);
    }
  });
});
