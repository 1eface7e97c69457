import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ArgumentError,
  autoencoder,
  csvLog,
  dense,
  sequential,
  type TrainingEpochEvent,
} from '../../lib/index.js';
import { canMount, mountDisk, unmount } from '../io/surroundings.js';
import { startOf } from '../model/starts.js';

const rows = { inputs: [[0], [1], [2], [3], [4], [5]], targets: [0, 1, 2, 3, 4, 5] };
const newModel = () => sequential([dense(1)], { inputSize: 1, seed: 3 });
const epoch = (number: number, loss = 0.5): TrainingEpochEvent => ({
  ...{ type: 'epoch', epoch: number, epochs: 9, loss, metrics: {}, validation: null },
  ...{ learningRate: 0.001, seconds: 2, rowsPerSecond: 500 },
});
const header = 'epoch,loss,learningRate,seconds,rowsPerSecond';
const line = (number: number, loss = 0.5) => `${number},${loss},0.001,2,500`;

describe('csvLog', () => {
  let folder = '';
  let files = 0;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerwise-csv-log-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const newFile = () => join(folder, `${files++}.csv`);
  const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n');
  /** What a run from one epoch to another tells. */
  const tell = (path: string, ...told: readonly TrainingEpochEvent[]) => {
    const log = csvLog(path);
    begin(log);
    for (const event of told) log.onEpochs?.([event]);
    log.onEnd?.({ stopReason: 'completed', error: undefined });
  };
  const begin = (log: ReturnType<typeof csvLog>) => {
    log.onStart?.(startOf({ epochs: 9, rows: 6 }));
  };

  test('writes the numbers of the history, with all their digits', async () => {
    const path = newFile();
    const history = await newModel().fit(rows, {
      ...{ epochs: 4, validation: 0.5, metrics: ['meanAbsoluteError'], schedule: 'cosine' },
      listeners: [csvLog(path)],
    });
    const [names = '', ...lines] = linesOf(path);
    expect(names).toBe(
      'epoch,loss,meanAbsoluteError,validation.loss,validation.meanAbsoluteError,' +
        'learningRate,seconds,rowsPerSecond',
    );
    expect(lines.pop()).toBe('');
    expect(lines.map((fields) => fields.split(',').map(Number))).toEqual(
      history.epochs.map(({ epoch: number, loss, metrics, validation, ...speed }) => [
        ...[number, loss, metrics.meanAbsoluteError],
        ...[validation?.loss, validation?.metrics.meanAbsoluteError],
        ...[speed.learningRate, speed.seconds, speed.rowsPerSecond],
      ]),
    );
  });

  test('names the outputs of a network with several, and quotes what has to be', () => {
    const path = newFile();
    const outputs = { 'a,b': { loss: 0.25, metrics: { accuracy: 1 } } };
    tell(path, { ...epoch(1), outputs, validation: { loss: 3, metrics: {}, outputs } });
    expect(linesOf(path).slice(0, 2)).toEqual([
      'epoch,loss,"outputs.a,b.loss","outputs.a,b.accuracy",validation.loss,' +
        '"validation.outputs.a,b.loss","validation.outputs.a,b.accuracy",' +
        'learningRate,seconds,rowsPerSecond',
      '1,0.5,0.25,1,3,0.25,1,0.001,2,500',
    ]);
  });

  test('has the stage of a pre-training in front', async () => {
    const path = newFile();
    const model = autoencoder({ inputSize: 3, hidden: [2], code: 1, seed: 3 });
    await model.pretrain(
      [0, 1, 2, 3].map((value) => [value, 1 - value, 2]),
      {
        ...{ epochs: 2, listeners: [csvLog(path)] },
      },
    );
    const places = linesOf(path).map((fields) => fields.split(',').slice(0, 2).join(' '));
    expect(places).toEqual(['stage epoch', '1 1', '1 2', '2 1', '2 2', '']);
  });

  test('has each line in the file when it was told of the epoch', () => {
    const path = newFile();
    const log = csvLog(path);
    begin(log);
    expect(linesOf(path)).toEqual(['']);
    log.onEpochs?.([epoch(1)]);
    expect(linesOf(path)).toEqual([header, line(1), '']);
    log.onEpochs?.([epoch(2), epoch(3)]);
    expect(linesOf(path)).toEqual([header, line(1), line(2), line(3), '']);
    log.onEnd?.({ stopReason: 'completed', error: undefined });
  });

  test('has the last epoch of a run that was stopped when the run resolves', async () => {
    const path = newFile();
    const run = newModel().fit(rows, { epochs: 1e9, listeners: [csvLog(path)] });
    for await (const event of run) if (event.type === 'epoch') break;
    run.stop();
    const { epochs } = await run;
    expect(linesOf(path)).toHaveLength(epochs.length + 2);
  });

  test.each([
    ['the lines that are told anew', [header, line(1), line(2), line(3, 9), line(4, 9)]],
    ['a line that was cut', [header, line(1), line(2), line(3, 9).slice(0, 3)]],
    ['what follows a line that is none', [header, line(1), line(2), 'so,what', line(2, 9)]],
  ])('replaces %s where a training goes on', (_, before) => {
    const path = newFile();
    const ends = before.at(-1)?.length === 3 ? '' : '\n';
    writeFileSync(path, before.join('\n') + ends);
    tell(path, epoch(3), epoch(4));
    expect(linesOf(path)).toEqual([header, line(1), line(2), line(3), line(4), '']);
  });

  test.each([
    ['goes on with', () => {}],
    ['adds what is missing to', (path: string) => writeFileSync(path, 'epoch,loss,old')],
    ['begins', (path: string) => rmSync(path)],
  ])('%s the table of a training that goes on with a checkpoint', async (_, meanwhile) => {
    const path = newFile();
    const options = { epochs: 6, checkpoint: { directory: `${path}.checkpoints` } };
    const begun = newModel().fit(rows, {
      ...{ ...options, listeners: [csvLog(path)] },
      onEvent: (event) => {
        if (event.type === 'epoch' && event.epoch === 3) begun.stop();
      },
    });
    const { length } = (await begun).epochs;
    expect(linesOf(path)).toHaveLength(length + 2);
    meanwhile(path);
    const resumed = { ...options, resume: 'auto', listeners: [csvLog(path)] } as const;
    const { epochs } = await newModel().fit(rows, resumed);
    const lines = linesOf(path).slice(1, -1);
    expect(lines.map((fields) => fields.split(',').slice(0, 2).map(Number))).toEqual(
      epochs.map(({ epoch: number, loss }) => [number, loss]),
    );
  });

  test('keeps the older lines until the first epoch has ended', () => {
    const path = newFile();
    tell(path, epoch(1, 7), epoch(2, 7));
    tell(path);
    expect(linesOf(path)).toEqual([header, line(1, 7), line(2, 7), '']);
    tell(path, epoch(1));
    expect(linesOf(path)).toEqual([header, line(1), '']);
  });

  test('begins anew, with columns of its own, where the training does', async () => {
    const path = newFile();
    tell(path, epoch(1, 7), epoch(2, 7));
    tell(path, { ...epoch(1), metrics: { accuracy: 1 } });
    expect(linesOf(path)).toEqual([
      header.replace('loss', 'loss,accuracy'),
      line(1).replace('0.5', '0.5,1'),
      '',
    ]);
  });

  test('serves one run after the other, also after one that it has ended', async () => {
    const path = newFile();
    const log = csvLog(path);
    tell(path, { ...epoch(1), metrics: { accuracy: 1 } });
    begin(log);
    expect(() => log.onEpochs?.([epoch(2)])).toThrow(ArgumentError);
    for (let run = 0; run < 2; run++) await newModel().fit(rows, { epochs: 2, listeners: [log] });
    expect(linesOf(path)).toHaveLength(4);
  });

  test('refuses to go on with other columns, and leaves the file as it was', () => {
    const path = newFile();
    tell(path, { ...epoch(1), metrics: { accuracy: 1 } });
    const before = readFileSync(path, 'utf8');
    expect(() => tell(path, epoch(2))).toThrow(
      `${path}: expected the columns of this training: ${header}, received epoch,loss,accuracy,` +
        'learningRate,seconds,rowsPerSecond. Measure the same as before, or name another file.',
    );
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test.each([
    ['a file of something else', 'power,flow\n1,2\n', "a file that begins with 'power,flow'"],
    ['a folder', undefined, 'a folder'],
  ])('refuses %s before the training begins', async (_, text, received) => {
    const path = newFile();
    if (text === undefined) mkdirSync(path);
    else writeFileSync(path, text);
    const run = newModel().fit(rows, { epochs: 1e9, listeners: [csvLog(path)] });
    await expect(run).rejects.toThrow(
      `${path}: expected a table of epochs, whose first line begins with 'epoch,loss,', or no file yet, ` +
        `received ${received}. Name another file, or remove that one.`,
    );
    if (text !== undefined) expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('ends the run with the error of the system, by the name of the file', async () => {
    const path = join(folder, 'nowhere/epochs.csv');
    const run = newModel().fit(rows, { epochs: 1e9, listeners: [csvLog(path)] });
    await expect(run).rejects.toMatchObject({ code: 'ENOENT', path });
  });

  test.runIf(canMount)('ends the run on a full disk, and goes on once there is room', async () => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    mountDisk(disk, 16);
    try {
      const path = join(disk, 'epochs.csv');
      const train = (epochs: number) =>
        newModel()
          .fit(rows, { epochs, listeners: [csvLog(path)] })
          .then(() => linesOf(path));
      await expect(train(1e6)).rejects.toMatchObject({ code: 'ENOSPC', path });
      await expect(train(2)).resolves.toHaveLength(4);
    } finally {
      unmount(disk);
    }
  });

  test.each([undefined, '', 3, new URL('file:///a')])('takes no %s for a path', (path) => {
    expect(() => csvLog(path as string)).toThrow(ArgumentError);
  });
});
