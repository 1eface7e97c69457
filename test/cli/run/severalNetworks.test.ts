import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomNumbers } from '../../model/data.js';
import { type Finished, jsonLines, layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

/** Runs of several networks, and of one that is trained once more on all rows: ended anywhere, and gone on with. */

const onWindows = process.platform === 'win32';
let work: Workspace;
let iris: string;
let many: string;
beforeAll(async () => {
  work = await Workspace.create();
  iris = await work.write('iris.csv', irisCsv());
  many = await work.write('many.csv', manyRows());
});
afterAll(() => work.remove());

/** As many as make a tenth of them enough to choose an epoch by. */
function manyRows(): string {
  const random = randomNumbers(4);
  const lines = Array.from({ length: 5000 }, () => {
    const [a, b] = [random(), random()];
    return `${a},${b},${(Math.sin(6 * a) + b * b + random()).toFixed(4)}`;
  });
  return `a,b,y\n${lines.join('\n')}\n`;
}

const epochs = 4000;
const several = (...others: string[]) => [
  ...['train', iris, '--target', 'species', '--members', '3', '--hidden', '128,128'],
  ...['--epochs', String(epochs), '--json', ...others],
];
const refitted = (...others: string[]) => [
  ...['train', many, '--target', 'y', '--members', '1', '--hidden', '256,256', '--epochs', '12'],
  ...['--json', ...others],
];

async function outcome(run: string) {
  const model = await readFile(work.path(`${run}/model.safetensors`));
  const lines = jsonLines(await readFile(work.path(`${run}/metrics.jsonl`), 'utf8'));
  return {
    model: createHash('sha256').update(model).digest('hex'),
    lines: lines.map(({ member, refit, epoch, loss, validation }) => {
      return { member, refit, epoch, loss, validation };
    }),
  };
}

/** Ends a command, once one of its networks has a checkpoint on the disk. */
function killedAt(
  folder: string,
  signal: NodeJS.Signals,
  line: readonly string[],
): Promise<Finished> {
  let isDone = false;
  let seen = 0;
  return layerwise(line, {
    onOutput: (text, child) => {
      const end = text.lastIndexOf('\n') + 1;
      const events = jsonLines(text.slice(seen, end));
      seen = end;
      const isThere = events.some(
        ({ type, path }) => type === 'checkpoint' && String(path).includes(folder),
      );
      if (isDone || !isThere) return;
      isDone = true;
      child.kill(signal);
    },
  });
}

/** What is killed may leave half a line. */
const epochsOf = ({ stdout }: Finished, member: number, isRefit = false) =>
  jsonLines(stdout.slice(0, stdout.lastIndexOf('\n') + 1)).filter(
    ({ type, refit = false, ...event }) =>
      type === 'epoch' && event.member === member && refit === isRefit,
  ).length;

describe('a run of several networks', () => {
  test.skipIf(onWindows)('ends as one that was not killed, each network in its own', async () => {
    expect((await layerwise(several('--run', work.path('whole')))).code).toBe(0);
    const whole = await outcome('whole');
    expect(whole.lines).toHaveLength(3 * epochs);
    expect(whole.lines[epochs]).toMatchObject({ member: 2, epoch: 1 });
    const line = several(
      '--run',
      work.path('killed'),
      '--resume',
      '--checkpoint-every',
      '100epochs',
    );
    expect((await killedAt('member-2', 'SIGKILL', line)).code).toBe(null);
    const second = await killedAt('member-3', 'SIGKILL', line);
    // The first has trained, and is not trained again.
    expect(epochsOf(second, 1)).toBe(0);
    const { text, json } = await inspected('killed');
    expect(text).toMatch(/killed: a run, not over: network 3 of 3, [\d,]+ of 4,000 epochs\n/);
    expect(text).toMatch(/\n +member-3\/checkpoint-\d+\.safetensors \(/);
    expect(json).toMatchObject({ members: 3, state: 'ended', last: { member: 3 } });
    const last = await layerwise(['resume', work.path('killed')]);
    expect([last.code, last.stdout]).toEqual([0, expect.stringContaining('Trained 3 networks')]);
    expect(await outcome('killed')).toEqual(whole);
    expect(await readdir(work.path('killed/checkpoints'))).toEqual(
      [1, 2, 3].map((member) => `member-${member}`),
    );
    const result = JSON.parse(await readFile(work.path('killed/result.json'), 'utf8'));
    expect(result).toMatchObject({ epochs, wanted: epochs, members: 3, outOfFold: { rows: 150 } });
    const log = await readFile(work.path('killed/log.txt'), 'utf8');
    expect(log).toMatch(/Network 2 of 3.*Network 3 of 3/s);
    // Over is over.
    const again = await layerwise(line);
    expect(jsonLines(again.stdout)).toMatchObject([{ type: 'finished', members: 3 }]);
    // More epochs go on behind the last ones of each.
    const more = [String(epochs + 100), '--json'];
    const longer = await layerwise(['resume', work.path('killed'), '--epochs', ...more]);
    expect([1, 2, 3].map((member) => epochsOf(longer, member))).toEqual([100, 100, 100]);
  });

  test('ends by its limit of time in the network that trains, and goes on', async () => {
    const long = several('--run', work.path('limited'), '--resume', '--epochs', '3000');
    const first = await layerwise([...long, '--time-limit', '0.02']);
    expect(first.code).toBe(75);
    const events = jsonLines(first.stdout);
    expect(events.filter(({ type }) => type === 'member')).toHaveLength(1);
    expect(events.some(({ type }) => type === 'saved')).toBe(false);
    expect(events.at(-1)).toMatchObject({
      type: 'note',
      message: expect.stringMatching(/^Go on with it by: layerwise resume .*limited$/) as string,
    });
  });

  test('with --checkpoint alone is gone on with, and not with one network', async () => {
    const folder = work.path('checkpoints');
    const line = several('--checkpoint', folder, '--out', work.path('kept.safetensors'));
    const ended = await layerwise([...line, '--time-limit', '0.02']);
    expect(ended.code).toBe(75);
    const begun = await layerwise(line);
    expect([begun.code, begun.stderr]).toEqual([
      2,
      expect.stringContaining('--checkpoint: expected a folder without checkpoints'),
    ]);
    const one = [...line, '--resume', '--members', '1'];
    expect(await layerwise(one)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /--checkpoint: expected a folder with checkpoints of one network, or an empty one, received one with .*member-1/,
      ) as string,
    });
    const out = work.path('direct.safetensors');
    expect((await layerwise([...line, '--resume'])).code).toBe(0);
    expect((await layerwise(several('--out', out))).code).toBe(0);
    expect(await readFile(work.path('kept.safetensors'))).toEqual(await readFile(out));
  });

  test('that was begun by an older version is of one network', async () => {
    const run = work.path('old');
    const line = ['train', iris, '--target', 'species', '--epochs', '2', '--run', run];
    expect((await layerwise([...line, '--members', '1'])).code).toBe(0);
    const config = work.path('old/config.json');
    const { members: _, ...settings } = JSON.parse(await readFile(config, 'utf8'));
    await writeFile(config, JSON.stringify(settings));
    const { code, stdout } = await layerwise(['resume', run, '--epochs', '3', '--json']);
    expect(code).toBe(0);
    expect(jsonLines(stdout).filter(({ type }) => type === 'epoch')).toMatchObject([{ epoch: 3 }]);
  });
});

test.skipIf(onWindows)(
  'a run that is ended while it learns intervals goes on with them',
  async () => {
    const line = (run: string) => [
      ...['train', iris, '--target', 'petal width', '--members', '2', '--hidden', '128,64'],
      ...['--scale', 'robust', '--intervals', '0.8', '--epochs', '1500', '--json'],
      ...['--run', work.path(run), '--resume'],
    ];
    expect((await layerwise(line('with-ends'))).code).toBe(0);
    let isDone = false;
    const ended = await layerwise(line('without-ends'), {
      onOutput(text, child) {
        // Its networks are done then, and their intervals are not.
        if (isDone || !text.includes('"type":"done"')) return;
        isDone = true;
        child.kill('SIGINT');
      },
    });
    expect([ended.code, ended.stdout]).toEqual([
      130,
      expect.stringContaining('Stopped before the intervals were learned.'),
    ]);
    expect(await readdir(work.path('without-ends'))).not.toContain('model.safetensors');
    const last = await layerwise(line('without-ends'));
    expect([last.code, epochsOf(last, 1), epochsOf(last, 2)]).toEqual([0, 0, 0]);
    expect(await outcome('without-ends')).toEqual(await outcome('with-ends'));
  },
);

describe('a run of a network that is trained once more', () => {
  test.skipIf(onWindows)('ends as one that was not killed, in either training', async () => {
    expect((await layerwise(refitted('--run', work.path('refitted')))).code).toBe(0);
    const whole = await outcome('refitted');
    const { bestEpoch, refit } = JSON.parse(
      await readFile(work.path('refitted/result.json'), 'utf8'),
    );
    expect(refit).toEqual({ epochs: bestEpoch });
    expect(whole.lines.map((line) => [line.refit, line.epoch])).toEqual([
      ...Array.from({ length: 12 }, (_, index) => [false, index + 1]),
      ...Array.from({ length: bestEpoch }, (_, index) => [true, index + 1]),
    ]);
    const run = work.path('refitted-killed');
    const line = refitted('--run', run, '--resume', '--checkpoint-every', '1epochs');
    await killedAt('validated', 'SIGKILL', line);
    const second = await killedAt('all-rows', 'SIGKILL', line);
    expect(second.code).toBe(null);
    const { text } = await inspected('refitted-killed');
    expect(text).toMatch(/a run, not over: \d+ epochs? on all rows\n/);
    const last = await layerwise(line);
    expect([last.code, epochsOf(last, 1)]).toEqual([0, 0]);
    expect(await outcome('refitted-killed')).toEqual(whole);
    expect(await readdir(work.path('refitted-killed/checkpoints'))).toEqual([
      ...['all-rows', 'validated'],
    ]);
  });
});

async function inspected(run: string): Promise<{ text: string; json: unknown }> {
  const [text, json] = [
    await layerwise(['inspect', work.path(run)]),
    await layerwise(['inspect', work.path(run), '--json']),
  ];
  return { text: text.stdout, json: JSON.parse(json.stdout) };
}
