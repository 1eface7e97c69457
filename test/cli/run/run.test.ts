import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isSystemError } from '../../../lib/io/paths.js';
import { canMount, mountDisk, unmount } from '../../io/surroundings.js';
import { type Finished, jsonLines, layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

const onWindows = process.platform === 'win32';
let work: Workspace;
let data: string;
/** The bytes of the model of a run that nobody has interrupted, and its losses. */
let whole: { readonly model: string; readonly losses: readonly unknown[] };

const epochs = 6000;
const words = () => [
  ...['train', data, '--target', 'species', '--members', '1', '--hidden', '16', '--dropout', '0.1'],
  ...['--epochs', String(epochs), '--schedule', 'cosine', '--metric', 'f1', '--json'],
];
const startOrGoOn = (run: string, ...others: string[]) => [
  ...[...words(), '--run', work.path(run), '--resume', ...others],
];

beforeAll(async () => {
  work = await Workspace.create();
  data = await work.write('iris.csv', irisCsv());
  const { code } = await layerwise(startOrGoOn('whole'));
  expect(code).toBe(0);
  whole = await outcome('whole');
});
afterAll(() => work.remove());

async function metrics(run: string): Promise<Record<string, unknown>[]> {
  return jsonLines(await readFile(work.path(`${run}/metrics.jsonl`), 'utf8'));
}

async function outcome(run: string): Promise<typeof whole> {
  const model = await readFile(work.path(`${run}/model.safetensors`));
  const lines = await metrics(run);
  expect(lines.map(({ epoch }) => epoch)).toEqual(lines.map((_, index) => index + 1));
  return {
    model: createHash('sha256').update(model).digest('hex'),
    losses: lines.map(({ loss, validation }) => [loss, validation]),
  };
}

/** Runs a command, and does something once an epoch has ended. */
function atEpoch(
  epoch: number,
  line: readonly string[],
  action: (pid: number, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Finished> {
  let isDone = false;
  return layerwise(line, {
    onOutput: (text, child) => {
      if (isDone || !text.includes(`"type":"epoch","epochs":${epochs},"epoch":${epoch},`)) return;
      isDone = true;
      action(child.pid ?? 0, (signal) => child.kill(signal));
    },
  });
}

const killedAt = (epoch: number, signal: NodeJS.Signals, line: readonly string[]) =>
  atEpoch(epoch, line, (_, kill) => kill(signal));

describe('train --run', () => {
  test('keeps the options, the numbers, a log, checkpoints and the model', async () => {
    const names = ['checkpoints', 'config.json', 'log.txt', 'metrics.jsonl'];
    expect(await readdir(work.path('whole'))).toEqual([
      ...[...names, 'model.safetensors', 'result.json'],
    ]);
    const config = JSON.parse(await readFile(work.path('whole/config.json'), 'utf8'));
    expect(config).toMatchObject({
      ...{ data, target: 'species', hidden: [16], dropout: 0.1, epochs, schedule: 'cosine' },
      ...{ metric: ['f1'], learningRate: 0.001, batchSize: 32, seed: 0 },
    });
    const result = JSON.parse(await readFile(work.path('whole/result.json'), 'utf8'));
    expect(result).toMatchObject({ stopReason: 'completed', epochs, wanted: epochs });
    const [first] = await metrics('whole');
    expect(Object.keys(first ?? {})).toEqual([
      ...['epoch', 'epochs', 'loss', 'metrics', 'validation', 'learningRate', 'seconds'],
      'rowsPerSecond',
    ]);
    const log = await readFile(work.path('whole/log.txt'), 'utf8');
    for (const line of log.trimEnd().split('\n')) expect(line).toMatch(/^20\d\d-\d\d-\d\dT.*Z /);
    expect(log).toMatch(/Network: 4 - 16 relu.*epoch 1\/6000 .*Trained 6,000 epochs.*exit code 0/s);
  });

  test('says of a run that is over that it is', async () => {
    const again = await layerwise(startOrGoOn('whole'));
    expect(again.code).toBe(0);
    const [finished] = jsonLines(again.stdout);
    expect(finished).toMatchObject({ type: 'finished', run: work.path('whole'), epochs });
    const { code, stdout } = await layerwise(['resume', work.path('whole')]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^The run in .* is over, after 6,000 epochs\. Its model is/),
    ]);
    expect(await outcome('whole')).toEqual(whole);
  });

  test('refuses other rows for a run that is over, and no others', async () => {
    await cp(work.path('whole'), work.path('over'), { recursive: true });
    const line = (rows: string) => ['train', rows, '--run', work.path('over'), '--resume'];
    const [header, ...lines] = irisCsv().trimEnd().split('\n');
    const others = [header, ...lines.reverse(), ''].join('\n');
    const other = await layerwise(line(await work.write('others.csv', others)));
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringMatching(
        /others\.csv: expected the rows of the run in .*over, which is over, received other ones\.\n {2}Name another folder/,
      ),
    ]);
    // The same, of another date.
    const same = await layerwise(line(await work.write('same.csv', irisCsv())));
    expect([same.code, same.stderr]).toEqual([0, '']);
    expect(same.stdout).toMatch(/^The run in .* is over, after 6,000 epochs\./);
    // Rows that nobody needs any more may be gone.
    const gone = await layerwise(line(work.path('gone.csv')));
    expect([gone.code, gone.stdout]).toEqual([0, same.stdout]);
    expect(await outcome('over')).toEqual(whole);
  });

  test('leaves a run alone that is there, without --resume', async () => {
    const { code, stderr } = await layerwise([...words(), '--run', work.path('whole')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /--run: expected a folder without a run, .*config.json\.\n {2}Give --resume/,
    );
    await mkdir(work.path('mine'));
    await writeFile(work.path('mine/log.txt'), 'mine');
    const other = await layerwise(startOrGoOn('mine'));
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('Name another folder.'),
    ]);
    expect(await readFile(work.path('mine/log.txt'), 'utf8')).toBe('mine');
  });

  test('begins where a run was ended while it read its rows', async () => {
    await mkdir(work.path('early'));
    const log = '2026-01-02T03:04:05.678Z error: interrupted by SIGTERM\n';
    await writeFile(work.path('early/log.txt'), log);
    expect((await layerwise([...startOrGoOn('early'), '--epochs', '2'])).code).toBe(0);
    expect(await readFile(work.path('early/log.txt'), 'utf8')).toMatch(
      /^2026-01-02T03:04:05.678Z error: interrupted by SIGTERM\n20.*Trained 2 epochs/s,
    );
  });

  test('has options that are a configuration file', async () => {
    const config = work.path('whole/config.json');
    const line = ['train', '--config', config, '--run', work.path('copy'), '--json'];
    expect((await layerwise(line)).code).toBe(0);
    expect(await outcome('copy')).toEqual(whole);
  });

  test.each([
    [['--hidden', '8'], /--hidden: expected \[16\], as the run in .*whole has it, received \[8\]/],
    [['--patience', '3'], /--patience: expected none, as the run in .*, received 3/],
    [['--seed', '1'], /--seed: expected 0, as/],
  ])('names what is otherwise than it was: %j', async (others, message) => {
    const line = startOrGoOn('whole').filter((word) => !['--hidden', '16'].includes(word));
    const { code, stderr } = await layerwise([...line, ...others]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test('names other rows', async () => {
    await cp(work.path('whole'), work.path('other'), { recursive: true });
    await rm(work.path('other/result.json'));
    const [header, ...lines] = irisCsv().trimEnd().split('\n');
    const rows = await work.write('other.csv', [header, ...lines.reverse(), ''].join('\n'));
    const line = ['train', rows, '--run', work.path('other'), '--resume'];
    const { code, stderr } = await layerwise(line);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/data: expected the rows, as in the checkpoint/),
    ]);
    expect(await readFile(work.path('other/log.txt'), 'utf8')).toMatch(
      /error: data: expected the rows/,
    );
  });

  test('goes on behind its end with more epochs', async () => {
    const line = (count: string) => [
      ...['train', data, '--target', 'species', '--epochs', count, '--run', work.path('longer')],
      ...['--members', '1', '--resume', '--json'],
    ];
    expect((await layerwise(line('3'))).code).toBe(0);
    const { code, stdout } = await layerwise([
      'resume',
      work.path('longer'),
      '--epochs',
      '5',
      '--json',
    ]);
    expect(code).toBe(0);
    const told = jsonLines(stdout).filter(({ type }) => type === 'epoch');
    expect(told.map(({ epoch }) => epoch)).toEqual([4, 5]);
    expect((await metrics('longer')).map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
    expect((await layerwise(line('4'))).stdout).toContain('"finished"');
  });

  test('goes on with the options that may change', async () => {
    const line = ['train', data, '--target', 'species', '--epochs', '3', '--members', '1'];
    expect((await layerwise([...line, '--run', work.path('flags')])).code).toBe(0);
    const { code } = await layerwise([
      ...['resume', work.path('flags'), '--epochs', '9', '--checkpoint-every', '1epochs'],
      ...['--keep-checkpoints', '4', '--csv-log', work.path('flags.csv'), '--threads', '2'],
    ]);
    expect(code).toBe(0);
    const names = await readdir(work.path('flags/checkpoints'));
    // While one is written, no other one is: there may be fewer than are kept.
    expect(names.filter((name) => name.startsWith('checkpoint-')).length).toBeGreaterThan(1);
    expect((await readFile(work.path('flags.csv'), 'utf8')).split('\n')).toHaveLength(11);
    const config = JSON.parse(await readFile(work.path('flags/config.json'), 'utf8'));
    expect(config).toMatchObject({ epochs: 9, checkpointEvery: '1epochs', keepCheckpoints: 4 });
  });

  test('goes on where it was moved to, together with its rows or away from them', async () => {
    await mkdir(work.path('here/data'), { recursive: true });
    await cp(data, work.path('here/data/iris.csv'));
    const line = ['train', 'data/iris.csv', '--target', 'species', '--epochs', '2', '--run', 'r/1'];
    expect((await layerwise(line, { directory: work.path('here') })).code).toBe(0);
    const keptData = async () => {
      return JSON.parse(await readFile(work.path('there/r/1/config.json'), 'utf8')).data;
    };
    renameSync(work.path('here'), work.path('there'));
    expect((await layerwise(['resume', work.path('there/r/1'), '--epochs', '3'])).code).toBe(0);
    expect(await keptData()).toBe('../../data/iris.csv');
    renameSync(work.path('there/data'), work.path('elsewhere'));
    const resume = ['resume', 'there/r/1', '--epochs', '4'];
    const missing = await layerwise(resume, { directory: work.folder });
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringMatching(
        /there\/data\/iris\.csv: expected the rows of the run in there\/r\/1, received no such file\.\n {2}.* layerwise resume there\/r\/1 <data>/,
      ),
    ]);
    const found = await layerwise([...resume, 'elsewhere/iris.csv'], { directory: work.folder });
    expect(found.code).toBe(0);
    expect(await keptData()).toBe('../../../elsewhere/iris.csv');
  });

  test.each([
    ['its end', ['result.json', 'model.safetensors']],
    ['its model', ['model.safetensors']],
  ])('is finished by the next process where only %s was lost', async (_, names) => {
    await cp(work.path('whole'), work.path('unsaved'), { recursive: true });
    await Promise.all(names.map((name) => rm(work.path(`unsaved/${name}`))));
    const { code, stdout } = await layerwise(['resume', work.path('unsaved'), '--json']);
    expect(code).toBe(0);
    expect(jsonLines(stdout).map(({ type }) => type)).not.toContain('epoch');
    expect(await outcome('unsaved')).toEqual(whole);
  });

  test('is not begun where there is none to resume', async () => {
    const { code, stderr } = await layerwise(['resume', work.folder]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('expected the folder of a run, received one without config.json'),
    ]);
  });
});

// Windows has no signals: there a child cannot be asked, only ended.
describe.skipIf(onWindows)('a run that is ended', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('by %s goes on with the same bits', async (signal, code) => {
    const run = `ended-${signal}`;
    const first = await killedAt(100, signal, startOrGoOn(run));
    expect([first.code, first.stderr]).toEqual([code, '']);
    const [done, note] = jsonLines(first.stdout).slice(-2);
    expect(done).toMatchObject({ type: 'done', stopReason: 'stopped' });
    expect(existsSync(String(done?.checkpoint))).toBe(true);
    expect(note).toMatchObject({ message: `Go on with it by: layerwise resume ${work.path(run)}` });
    expect(existsSync(work.path(`${run}/model.safetensors`))).toBe(false);
    // A checkpoint is a model, too.
    const scored = await layerwise(['predict', String(done?.checkpoint), data]);
    expect([scored.code, scored.stdout.split('\n').length]).toEqual([0, 152]);
    const second = await layerwise(['resume', work.path(run), '--threads', '3']);
    expect(second.code).toBe(0);
    expect(await outcome(run)).toEqual(whole);
    const log = await readFile(work.path(`${run}/log.txt`), 'utf8');
    expect(log).toMatch(
      /Stopped after .*exit code \d+.*Goes on with epoch \d[\d,]* of 6,000, from .*checkpoint-\d+\.safetensors\..*Trained 6,000 epochs/s,
    );
  });

  test('by SIGKILL, again and again, goes on with the same bits', async () => {
    const line = startOrGoOn('killed', '--checkpoint-every', '7epochs', '--keep-checkpoints', '3');
    for (let time = 0; time < 3; time++) {
      const { code } = await layerwise(line, {
        onOutput: (text, child) => {
          if (text.includes('"type":"checkpoint"')) child.kill('SIGKILL');
        },
      });
      expect(code).toBe(null);
    }
    expect((await layerwise(line)).code).toBe(0);
    expect(await outcome('killed')).toEqual(whole);
    const names = await readdir(work.path('killed/checkpoints'));
    expect(names.filter((name) => name.startsWith('checkpoint-'))).toHaveLength(3);
  });

  test('by its time limit says so with 75, and goes on', async () => {
    const line = startOrGoOn('limited', '--time-limit', '0.05s');
    const first = await layerwise(line);
    expect([first.code, first.stderr]).toEqual([75, '']);
    const done = jsonLines(first.stdout).find(({ type }) => type === 'done');
    expect(done).toMatchObject({ stopReason: 'timeLimit' });
    expect((await layerwise(['resume', work.path('limited'), '--time-limit', '1h'])).code).toBe(0);
    expect(await outcome('limited')).toEqual(whole);
  });

  test('is not worked on by two processes', async () => {
    let second: Promise<Finished> | undefined;
    const first = await atEpoch(100, startOrGoOn('contended'), (pid, kill) => {
      kill('SIGSTOP');
      second = layerwise(['resume', work.path('contended')]).then((finished) => {
        kill('SIGCONT');
        expect(finished.stderr).toContain(`received one that process ${pid} writes`);
        return finished;
      });
    });
    expect([first.code, (await second)?.code]).toEqual([0, 1]);
    expect((await second)?.stderr).toMatch(
      /contended: expected the folder of a run that no other process works on/,
    );
    expect(await outcome('contended')).toEqual(whole);
  });

  test('whose last checkpoint cannot be written has failed', async () => {
    const folder = work.path('lost/checkpoints');
    const { code, stdout } = await atEpoch(100, startOrGoOn('lost'), (_, kill) => {
      renameSync(folder, work.path('lost/older'));
      writeFileSync(folder, 'no folder');
      kill('SIGTERM');
    });
    const lines = jsonLines(stdout);
    const warning = lines.find(({ type }) => type === 'warning');
    expect(warning).toMatchObject({
      code: 'checkpointNotWritten',
      path: folder,
      remedy: expect.stringMatching(/is in the model alone/),
    });
    expect(lines.find(({ type }) => type === 'done')).toMatchObject({ checkpoint: null });
    expect(code).toBe(1);
  });

  test('SIGUSR2 has a checkpoint written, and the training goes on', async () => {
    const { code, stdout } = await killedAt(200, 'SIGUSR2', startOrGoOn('asked'));
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    const note = lines.find(({ message }) => /^Checkpoint .* is written/.test(String(message)));
    expect(note).toBeDefined();
    expect(lines.filter(({ type }) => type === 'checkpoint').length).toBeGreaterThanOrEqual(2);
    expect(await outcome('asked')).toEqual(whole);
  });
});

describe.skipIf(!canMount)('on a disk that is full', () => {
  test('a run trains to its end, and the next process finishes it when there is room', async () => {
    const folder = work.path('disk');
    await mkdir(folder);
    mountDisk(folder, 8192);
    try {
      const { code, stdout, stderr } = await atEpoch(1, startOrGoOn('disk/run'), (_, kill) => {
        kill('SIGSTOP');
        fillUp(work.path('disk/filler'));
        kill('SIGCONT');
      });
      expect([code, stderr]).toEqual([1, expect.stringContaining('ENOSPC')]);
      const lines = jsonLines(stdout);
      expect(lines.find(({ type }) => type === 'done')).toMatchObject({ epochs });
      const notes = lines.flatMap(({ type, message }) =>
        type === 'note' ? [String(message)] : [],
      );
      expect(notes).toContainEqual(
        expect.stringMatching(/^Numbers of epochs are not written: ENOSPC.*metrics\.jsonl'\. /),
      );
      expect(notes).toContainEqual(expect.stringMatching(/^The log is not written: ENOSPC/));
      await rm(work.path('disk/filler'));
      expect((await layerwise(['resume', work.path('disk/run')])).code).toBe(0);
      expect(await outcome('disk/run')).toEqual(whole);
    } finally {
      unmount(folder);
    }
  });
});

function fillUp(path: string): void {
  for (const bytes of [2 ** 16, 4096, 1]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
    } catch (error) {
      if (!isSystemError(error, 'ENOSPC')) throw error;
    }
  }
}

describe.skipIf(onWindows)('train --checkpoint', () => {
  test('goes on with --resume, and saves the model as it is meanwhile', async () => {
    const out = work.path('model.safetensors');
    const line = [...words(), '--checkpoint', work.path('checkpoints'), '--out', out];
    const first = await killedAt(300, 'SIGTERM', line);
    expect(first.code).toBe(143);
    expect(jsonLines(first.stdout).at(-1)?.message).toMatch(
      /^The same command with --resume goes on with .*checkpoint-\d+\.safetensors\.$/,
    );
    expect(existsSync(out)).toBe(true);
    const without = await layerwise(line);
    expect([without.code, without.stderr]).toEqual([
      ...[2, expect.stringMatching(/^error: --checkpoint: .*--resume/s)],
    ]);
    expect((await layerwise([...line, '--resume'])).code).toBe(0);
    const model = createHash('sha256')
      .update(await readFile(out))
      .digest('hex');
    expect(model).toBe(whole.model);
    const other = await layerwise([...line, '--resume', '--batch-size', '16']);
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('--batch-size: expected 32'),
    ]);
  });

  test.each([
    [['--run', 'r', '--out', 'm'], '--run has no --out'],
    [['--run', 'r', '--checkpoint', 'c'], '--run has no --checkpoint'],
    [['--resume'], '--resume belongs to --run or --checkpoint'],
    [['--checkpoint-every', '5m'], '--checkpoint-every belongs to --run or --checkpoint'],
    [['--checkpoint', 'c', '--checkpoint-every', 'often'], 'Give a time above 0 (30s, 5m), or'],
    [['--checkpoint', 'c', '--keep-checkpoints', '1'], 'whole number from 2'],
    [['--time-limit', '2w'], 'Give a time above 0: 2h'],
  ])('refuses %j', async (others, message) => {
    const { code, stderr } = await layerwise([...words(), ...others], { directory: work.folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
