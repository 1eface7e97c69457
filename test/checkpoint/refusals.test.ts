import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ArgumentError,
  adam,
  customLoss,
  dense,
  FileFormatError,
  info,
  matrix,
  StateError,
  sequential,
} from '../../lib/index.js';
import { clusters } from '../model/data.js';
import { checkpointsIn } from './runs.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const classifier = (units = 4) =>
  sequential([dense(units), dense(3, { activation: 'softmax' })], { inputSize: 2 });
const data = clusters(40);
const validation = { data: clusters(20) };
const options = { epochs: 2, batchSize: 8, optimizer: adam(), validation };

async function failureOf(given: object, model = classifier(), rows: typeof data = data) {
  const error: unknown = await model.fit(rows, { ...options, ...given } as object).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return error as ArgumentError;
}

describe('a run that goes on is the same run:', () => {
  const other = () => ({
    inputs: matrix(
      Float32Array.from(data.inputs.values, (x) => x + 1),
      40,
      2,
    ),
    targets: data.targets,
  });

  test.each<[path: string, given: object, expected: RegExp, received: RegExp | string]>([
    ['batchSize', { batchSize: 10 }, /^8, as in the checkpoint .*checkpoint-10\.safe/, '10'],
    ['optimizer.learningRate', { optimizer: adam({ learningRate: 0.5 }) }, /^0\.001, as/, '0.5'],
    ['optimizer', { optimizer: 'sgd' }, /^{"type":"adam"/, /^{"type":"sgd"/],
    ['gradientClipping', { gradientClipping: { norm: 1 } }, /^none, as/, /"norm":1/],
    ['metrics', { metrics: ['accuracy'] }, /^none, as/, /accuracy/],
    ['shuffle', { shuffle: false }, /^true, as/, 'false'],
    ['validation', { validation: 0.2 }, /^none, as/, /"split":0.2/],
    ['validation.data', { validation: { data: other() } }, /^the rows, as/, 'other ones'],
  ])('%s', async (path, given, expected, received) => {
    const checkpoint = { directory: root };
    await classifier().fit(data, { ...options, checkpoint });
    const error = await failureOf({ ...given, checkpoint, resume: 'auto' });
    expect(error).toBeInstanceOf(StateError);
    expect(error.path).toBe(path);
    expect(error.expected).toMatch(expected);
    expect(error.received).toMatch(received);
    expect(error.remedy).toMatch(/Take what it was\. To begin anew, name another folder/);
  });

  test('the network and the data', async () => {
    const checkpoint = { directory: root };
    await classifier().fit(data, { ...options, checkpoint });
    const resumed = { checkpoint, resume: 'auto' };
    const network = await failureOf(resumed, classifier(5));
    expect(network).toMatchObject({ path: 'layers[0].units', received: '5' });
    const rows = await failureOf(resumed, classifier(), other());
    expect(rows).toMatchObject({ path: 'data', received: 'other ones' });
    const { inputs, targets } = data;
    const labels = { inputs, targets: targets.map((label) => 2 - label) };
    expect(await failureOf(resumed, classifier(), labels)).toMatchObject({ path: 'data' });
  });

  test('the text of a custom loss', async () => {
    const loss = (scale: number) =>
      scale === 1
        ? customLoss((outputs) => ({ loss: 1, gradient: outputs.map(() => 0) }))
        : customLoss((outputs) => ({ loss: 2, gradient: outputs.map(() => 0) }));
    const checkpoint = { directory: root };
    await classifier().fit(data, { ...options, loss: loss(1), checkpoint });
    const resumed = { checkpoint, resume: 'auto' } as const;
    await classifier().fit(data, { ...options, loss: loss(1), ...resumed });
    expect(await failureOf({ ...resumed, loss: loss(2) })).toMatchObject({
      path: 'loss',
      expected: expect.stringContaining('loss: 1'),
    });
  });

  test('but threads, epochs and what only listens may change', async () => {
    const checkpoint = { directory: root };
    await classifier().fit(data, { ...options, threads: 1, checkpoint });
    const history = await classifier().fit(data, {
      ...{ ...options, threads: 2, epochs: 3, timeLimit: 1000, onEvent: () => {} },
      checkpoint: { directory: root, everyEpochs: 3, keep: 5 },
      resume: 'auto',
    });
    expect(history.epochs).toHaveLength(3);
  });

  test('on the instruction set of before', async () => {
    const others = info().availableInstructionSets.filter((set) => set !== info().instructionSet);
    expect(others.length).toBeGreaterThan(0);
    // What a machine without it would find.
    const checkpoint = { directory: root };
    await classifier().fit(data, { ...options, checkpoint });
    const [name = ''] = await checkpointsIn(root);
    const { openCheckpoint, encodeCheckpoint } = await import(
      '../../lib/checkpoint/checkpointFile.js'
    );
    const opened = await openCheckpoint(join(root, name));
    const state = await opened.readState();
    await opened.close();
    const rewrite = async (from: string, to: string) => {
      const record = opened.record.replace(from, to);
      expect(record).not.toBe(opened.record);
      const contents = { metadata: {}, model: new Map(), record, state };
      await writeFile(join(root, name), Buffer.concat([...encodeCheckpoint(contents)]));
      return await failureOf({ checkpoint, resume: 'auto' });
    };
    expect(
      await rewrite(`"instructionSet":"${info().instructionSet}"`, '"instructionSet":"other"'),
    ).toMatchObject({
      path: 'instructionSet',
      expected: expect.stringMatching(/^other, as in/),
      remedy: expect.stringContaining('LAYERWISE_ISA=other'),
    });
    expect(await rewrite(`"version":"`, '"version":"99.')).toMatchObject({
      path: 'version',
      remedy: expect.stringContaining('Go on with layerwise 99.'),
    });
    const newer = await rewrite('"state":{"version":1', '"state":{"version":2');
    expect(newer).toBeInstanceOf(FileFormatError);
    expect(newer.path).toMatch(/metadata 'layerwise.checkpoint': version/);
  });
});

describe('a checkpoint that nobody has written like this, and whose checksum is right:', () => {
  test.each<[name: string, values: Float64Array | Uint8Array, path: string]>([
    ['epochs', new Float64Array(1), "tensor 'checkpoint.epochs'"],
    ['statistics', Buffer.from('[{"epoch":1,"update":1}]'), "tensor 'checkpoint.statistics'"],
    ['statistics', Buffer.from('5'), "tensor 'checkpoint.statistics'"],
  ])('%s', async (name, values, path) => {
    const checkpoint = { directory: root };
    await classifier().fit(data, { ...options, checkpoint });
    const [file = ''] = await checkpointsIn(root);
    const { openCheckpoint, encodeCheckpoint } = await import(
      '../../lib/checkpoint/checkpointFile.js'
    );
    const { record, readState, close } = await openCheckpoint(join(root, file));
    // The core refuses it as well, which nobody waits for.
    const state = new Map([...(await readState()), ['state.more', new Float32Array(1)] as const]);
    await close();
    const contents = { metadata: {}, model: new Map(), record, state: state.set(name, values) };
    await writeFile(join(root, file), Buffer.concat([...encodeCheckpoint(contents)]));
    const model = classifier();
    const error = await failureOf({ checkpoint, resume: 'auto' }, model);
    expect(error).toBeInstanceOf(FileFormatError);
    expect(error.path).toContain(path);
    await model.fit(data, options);
  });
});

describe('refused before anything trains:', () => {
  test('a run that begins in a folder with checkpoints', async () => {
    const checkpoint = { directory: root };
    await classifier().fit(data, { ...options, checkpoint });
    const error = await failureOf({ checkpoint });
    expect(error).toBeInstanceOf(StateError);
    expect(error.message).toMatch(/checkpoint\.directory: expected a folder without checkpoints/);
    expect(error.remedy).toMatch(/resume: 'auto'/);
    const elsewhere = join(root, 'elsewhere');
    await classifier().fit(data, { ...options, checkpoint: { directory: elsewhere } });
    const both = await failureOf({ checkpoint, resume: elsewhere });
    expect(both.path).toBe('checkpoint.directory');
  });

  test('two runs in one folder', async () => {
    const checkpoint = { directory: root };
    const run = classifier().fit(data, { ...options, epochs: 1_000_000, checkpoint });
    await run.checkpoint();
    const error = await failureOf({ checkpoint, resume: 'auto' });
    expect(error).toBeInstanceOf(StateError);
    expect(error.message).toMatch(/a folder of checkpoints that nobody else writes to/);
    run.stop();
    await run;
  });

  test.each<[given: object, message: RegExp]>([
    [{ resume: 'auto' }, /resume: expected the option `checkpoint` beside 'auto', received none/],
    [{ resume: true }, /resume: expected 'auto', false, or the path.*received true.*Write 'auto'/],
    [{ resume: 1 }, /resume: expected 'auto', false, or the path/],
    [{ resume: '' }, /resume: expected 'auto', false, or the path/],
    [{ checkpoint: 'folder' }, /checkpoint: expected an object with a directory/],
    [{ checkpoint: true }, /checkpoint: expected an object with a directory.*Write { directory/],
    [{ checkpoint: {} }, /checkpoint\.directory: expected the path of a file, a string/],
    [{ checkpoint: { directory: 'd', every: 5 } }, /checkpoint\.every.*one of the options/],
    [{ checkpoint: { directory: 'd', everySecond: 5 } }, /Did you mean 'everySeconds'\?/],
    [
      { checkpoint: { directory: 'd', everySeconds: 0 } },
      /everySeconds: expected a finite number > 0/,
    ],
    [{ checkpoint: { directory: 'd', everyEpochs: 1.5 } }, /everyEpochs: expected an integer/],
    [{ checkpoint: { directory: 'd', keep: 1 } }, /checkpoint\.keep: expected an integer, 2 /],
    [{ resme: 'auto' }, /resme: expected one of the options.*Did you mean 'resume'\?/],
  ])('%j', async (given, message) => {
    const error = await failureOf(given);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toMatch(message);
  });

  test('a folder that cannot be made, and a checkpoint that is not there', async () => {
    await writeFile(join(root, 'file'), '');
    const directory = join(root, 'file', 'below');
    expect((await failureOf({ checkpoint: { directory } })).path).toBe('checkpoint.directory');
    expect(await failureOf({ resume: join(root, 'nothing') })).toMatchObject({
      name: 'ArgumentError',
      received: 'no such file',
      cause: { code: 'ENOENT' },
    });
    await mkdir(join(root, 'empty'));
    expect((await failureOf({ resume: join(root, 'empty') })).message).toMatch(
      /resume: expected a folder with a checkpoint, .*received one without/,
    );
    expect(await failureOf({ resume: join(root, 'file') })).toBeInstanceOf(FileFormatError);
    await writeFile(join(root, 'empty', 'checkpoint-3.safetensors'), 'x');
    expect((await failureOf({ resume: join(root, 'empty') })).message).toMatch(
      /received only damaged ones; the newest, .*checkpoint-3\.safetensors: .* 1 bytes/,
    );
  });

  test('an own checkpoint of a run without the option', async () => {
    const run = classifier().fit(data, { ...options, epochs: 1_000_000 });
    await expect(run.checkpoint()).rejects.toThrow(/a run that trains, with the option checkpoint/);
    run.stop();
    await run;
  });
});
