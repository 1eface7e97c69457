import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseArguments } from '../../lib/cli/arguments/arguments.js';
import type { TrainingProgressEvent } from '../../lib/index.js';
import { jsonLines, layerwise } from '../cli/process.js';
import { Workspace } from '../cli/samples.js';
import { root } from '../examples/compile.js';

/* The fields that docs/command-line.md names are those that `--json` prints. */

const page = readFileSync(join(root, 'docs/command-line.md'), 'utf8');
const section = page.split('### Fields of the JSON output')[1] ?? '';

/** Fields by type, as the table has them. */
const documented = new Map<string, string[]>();
for (const row of section.split('\n').filter((line) => line.startsWith('| `'))) {
  const [, types = '', fields = ''] = row.split('|');
  const namesIn = (text: string) =>
    Array.from(text.matchAll(/`([a-zA-Z][a-zA-Z0-9]*)`/g), ([, name = '']) => name);
  const names = namesIn(fields.replace(/of `[a-z ]+`:|or `null`|else `null`/g, ''));
  for (const type of namesIn(types)) documented.set(type, [...names].sort());
}

/** Comes when an epoch takes long, which no test should wait for; `outputs` are of networks with several. */
const progressFields: Record<
  Exclude<keyof TrainingProgressEvent, 'type' | 'outputs'> | 'epochs',
  true
> = {
  ...{ epochs: true, epoch: true, batch: true, batches: true, loss: true, metrics: true },
  rowsPerSecond: true,
};

let work: Workspace;
const printed = new Map<string, Set<string>>();

async function run(...words: string[]): Promise<void> {
  const { stdout } = await layerwise([...words, '--json']);
  for (const { type, ...fields } of jsonLines(stdout)) {
    const known = printed.get(String(type)) ?? new Set();
    printed.set(String(type), known);
    for (const name of Object.keys(fields)) known.add(name);
  }
}

/** As many as make a network train once more on all of them. */
function manyRows(): string {
  return Array.from({ length: 5000 }, (_, row) => `${row % 97},${(row % 31) / 7}\n`).join('');
}

beforeAll(async () => {
  work = await Workspace.create();
  const data = join(root, 'examples/data/pump-history.csv');
  const [model, study] = [work.path('model.safetensors'), work.path('study.jsonl')];
  const power = [data, '--target', 'power', '--ignore', 'time'];
  const idle = ['--epochs', '6', '--learning-rate', '1e-9', '--statistics', '--out', model];
  await run('train', ...power, ...idle);
  await run('train', ...power, '--epochs', '1', '--members', '2', '--watch');
  const many = await work.write('many.csv', `a,b\n${manyRows()}`);
  for (const [name, words] of [
    ['one', [...power, '--members', '1']],
    ['several', [...power, '--members', '2']],
    ['refitted', [many, '--target', 'b', '--members', '1', '--learning-rate', '1e-9']],
  ] as const) {
    const job = [...words, '--epochs', '5', '--run', work.path(name), '--resume'];
    await run('train', ...job);
    await run('train', ...job);
  }
  const detector = work.path('detector.safetensors');
  const unusual = ['--epochs', '1', '--ignore', 'time', '--out', detector, ...anomalies];
  await run('train', data, '--autoencoder', ...unusual);
  const classifier = work.path('classifier.safetensors');
  const groups = await work.write('groups.csv', groupsCsv);
  await run('train', groups, '--target', 'group', '--epochs', '1', '--out', classifier);
  await run('evaluate', classifier, groups, '--importance');
  await run('evaluate', model, data);
  await run('report', model, data, '--out', work.path('report.html'));
  await run('export', model, work.path('model.onnx'));
  const imported = join(root, 'examples/data/tensorflow-js/model.json');
  await run('import', imported, work.path('imported.safetensors'));
  await run('evaluate', detector, data);
  const few = ['--epochs', '1', '--trials', '21', '--validation', '0.1', '--pruner', 'none'];
  await run('search', ...power, ...few, '--study', study);
  await run('predict', model, data, '--out', work.path('scored.csv'));
  await run('predict', model, work.path('absent.csv'), '--out', work.path('scored.csv'));
  await run('study', 'show', study);
  await run('study', 'repair', study);
}, 120_000);
afterAll(() => work.remove());

const anomalies = ['--contamination', '0.01'];
const groupsCsv = `x,group\n${'1,a\n2,b\n3,a\n'.repeat(20)}`;

describe('the fields of --json', () => {
  test('have a row for each type', () => {
    // What compiles, what takes long, and what wants a server is not run here.
    const elsewhere = ['built', 'progress', 'studies'];
    const types = [...documented.keys()].filter((type) => !elsewhere.includes(type));
    expect([...printed.keys()].filter((type) => type !== 'progress').sort()).toEqual(types.sort());
  });

  test('are of the types that the helps of train and search name', () => {
    const named = ['train', 'search'].flatMap((command) => {
      const { invocation } = parseArguments([command, '--help'], { version: '', width: 100 });
      const help = invocation.command === 'print' ? invocation.text : '';
      const [, types = ''] = help.match(/"type" is\s+([a-z,\s]+)\./) ?? [];
      return types.split(/,\s+|\s+or\s+/);
    });
    const ofOthers = [
      ...['scored', 'repaired', 'built', 'evaluation', 'exported', 'imported'],
      ...['report', 'study', 'studies'],
    ];
    const types = [...documented.keys()].filter((type) => !ofOthers.includes(type));
    expect(named.sort()).toEqual(types.sort());
  });

  test('are all in their row, and no others', () => {
    for (const [type, fields] of printed) {
      if (type === 'progress') continue;
      expect({ type, fields: documented.get(type) }).toEqual({ type, fields: [...fields].sort() });
    }
    expect(documented.get('progress')).toEqual(Object.keys(progressFields).sort());
  });
});
