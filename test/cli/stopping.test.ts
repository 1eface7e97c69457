import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../lib/cli/commandLine.js';
import { Interruption } from '../../lib/cli/interruption.js';
import { Printer } from '../../lib/terminal/printer.js';
import { Collector, EndlessInput, lastDrawing, printing } from '../terminal/collector.js';
import { jsonLines, layerwise, program } from './process.js';
import { irisCsv, Workspace } from './samples.js';

const onWindows = process.platform === 'win32';
let work: Workspace;
let data: string;

beforeEach(async () => {
  work = await Workspace.create();
  data = await work.write('iris.csv', irisCsv());
});
afterEach(() => work.remove());

/** A training that would go on for days. */
const endless = ['--target', 'species', '--epochs', '100000000'];

/** Runs a command on a terminal that is closed as soon as there is a progress bar; prints how it ended. */
const closedTerminal = `
import os, pty, sys
process, terminal = pty.fork()
if process == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown = b''
while b'\\repoch' not in shown:
    shown += os.read(terminal, 4096)
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
`;

// Windows has no signals: there a child cannot be asked, only ended.
describe.skipIf(onWindows)('Ctrl-C', () => {
  test('ends a training cleanly and saves the model as it is', async () => {
    const model = work.path('model.safetensors');
    let isAsked = false;
    const { code, stdout, stderr } = await layerwise(
      ['train', data, ...endless, '--json', '--out', model],
      {
        onOutput: (text, child) => {
          if (isAsked || !/"type":"(progress|epoch)"/.test(text)) return;
          isAsked = true;
          child.kill('SIGINT');
        },
      },
    );
    expect([code, stderr]).toEqual([130, '']);
    const events = jsonLines(stdout);
    expect(events.at(-2)).toMatchObject({ type: 'done', stopReason: 'stopped' });
    expect(events.at(-1)).toMatchObject({ type: 'saved', path: model });
    const predicted = await layerwise(['predict', model, data]);
    expect(predicted.code).toBe(0);
    expect(predicted.stdout.split('\n')).toHaveLength(152);
    expect((await layerwise(['inspect', model])).stdout).toMatch(/stopped +true/);
  });

  test('ends a search, and leaves the results of the trials so far', async () => {
    const results = work.path('results.csv');
    let isAsked = false;
    const words = ['--target', 'species', '--epochs', '2', '--trials', '1000000', '--json'];
    const { code, stderr } = await layerwise(['search', data, ...words, '--results', results], {
      onOutput: (text, child) => {
        if (isAsked || !text.includes('"type":"trial"')) return;
        isAsked = true;
        child.kill('SIGINT');
      },
    });
    expect([code, stderr]).toEqual([130, `Interrupted: ${results} has the trials so far.\n`]);
    expect((await readFile(results, 'utf8')).split('\n').length).toBeGreaterThan(2);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('is like %s, however often that comes', async (signal, exitCode) => {
    const model = work.path('model.safetensors');
    let asked = 0;
    const { code } = await layerwise(['train', data, ...endless, '--json', '--out', model], {
      onOutput: (text, child) => {
        if (asked === 2 || !/"type":"(progress|epoch)"/.test(text)) return;
        asked++;
        child.kill(signal);
      },
    });
    expect(code).toBe(exitCode);
    expect((await layerwise(['inspect', model])).stdout).toMatch(/stopped +true/);
  });

  test('is like a terminal that is closed', async () => {
    const model = work.path('model.safetensors');
    const words = ['train', data, ...endless, '--out', model];
    const { stdout } = await promisify(execFile)('python3', [
      ...['-c', closedTerminal, process.execPath, program, ...words],
    ]);
    // Ended by SIGHUP, and not by an abort.
    expect(stdout).toBe('-1\n');
    expect((await layerwise(['inspect', model])).stdout).toMatch(/stopped +true/);
  });

  test('ends a prediction that waits for more, and leaves no file behind', async () => {
    const model = work.path('model.safetensors');
    const words = ['--target', 'species', '--epochs', '1', '--out', model];
    expect((await layerwise(['train', data, ...words])).code).toBe(0);
    const out = work.path('scored.csv');
    const stdin = new EndlessInput(irisCsv());
    const interruption = new Interruption(() => {});
    stdin.whenAllIsRead = () => interruption.interrupt();
    const { printer, seen: stderr } = printing();
    const code = await runCommandLine(['predict', model, '-', '--out', out], {
      stdin,
      stdout: printing().printer,
      stderr: printer,
      environment: {},
      interrupted: interruption.signal,
    });
    expect([code, stderr.text]).toEqual([130, 'Interrupted: no file was written.\n']);
    expect((await readdir(work.folder)).sort()).toEqual(['iris.csv', 'model.safetensors']);
  });
});

describe('on a terminal', () => {
  test('redraws one line, which makes room for a line an epoch, and colours', async () => {
    const { printer: stdout, seen: out } = printing(90);
    const { printer: stderr, seen: err } = printing(90);
    const model = work.path('model.safetensors');
    const one = ['--target', 'species', '--epochs', '5', '--members', '1'];
    const words = ['train', data, ...one, '--out', model];
    const interrupted = new AbortController().signal;
    const context = { stdin: process.stdin, stdout, stderr, environment: {}, interrupted };
    expect(await runCommandLine(words, context)).toBe(0);
    expect(err.text).toContain('Looking through');
    expect(err.text).toMatch(/\repoch 5\/5 █+ {1,2}100 % {2}loss [\d.]+ .*rows\/s/);
    const kept = err.text
      .split('\n')
      .map(lastDrawing)
      .filter((line) => line !== '');
    expect(kept.map((line) => line.split('  ')[0])).toEqual(
      [1, 2, 3, 4, 5].map((n) => `epoch ${n}/5`),
    );
    expect(lastDrawing(err.text)).toBe('');
    for (const line of err.text.split('\r')) expect(line.length).toBeLessThan(90 + 4);
    expect(out.text).toContain('\u001b[32mSaved\u001b[39m');
  });

  test('says that it stops, and that a second Ctrl-C quits', async () => {
    const environment = { NO_COLOR: '1' };
    const stderr = new Collector(90);
    const interruption = new Interruption(() => {});
    const draws = stderr.write.bind(stderr);
    stderr.write = ((text: string, done: () => void) => {
      if (text.includes('\repoch ')) queueMicrotask(() => stopOnce());
      return draws(text, done);
    }) as typeof stderr.write;
    const stopOnce = () => {
      if (!interruption.signal.aborted) interruption.interrupt();
    };
    const { printer, seen: stdout } = printing(90, environment);
    const code = await runCommandLine(['train', data, ...endless], {
      stdin: process.stdin,
      stdout: printer,
      stderr: new Printer(stderr, environment),
      environment,
      interrupted: interruption.signal,
    });
    expect(code).toBe(130);
    expect(stderr.text).toContain('Stopping after this batch. Ctrl-C again quits at once.\n');
    expect(stdout.text).toMatch(/Stopped after \d/);
  });
});
