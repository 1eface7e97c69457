import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReportData, Section } from '../../../lib/report/reportData.js';
import { jsonLines, layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

let work: Workspace;
let data = '';

beforeAll(async () => {
  work = await Workspace.create();
  data = await work.write('iris.csv', irisCsv());
});

afterAll(() => work.remove());

async function done(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await layerwise(words);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}

/** What a page shows. */
async function shown(file: string): Promise<ReportData> {
  const page = await readFile(file, 'utf8');
  const [, json = ''] = /id="report-data">(.*)<\/script>/.exec(page) ?? [];
  return JSON.parse(json) as ReportData;
}

function part<Type extends Section['type']>({ sections }: ReportData, type: Type) {
  return sections.find((section) => section.type === type) as Extract<Section, { type: Type }>;
}

describe('layerwise report', () => {
  test('shows a run of a classifier, and judges it by rows', async () => {
    const [run, page] = [work.path('run'), work.path('run.html')];
    const one = ['--epochs', '20', '--members', '1', '--metric', 'accuracy'];
    await done('train', data, '--target', 'species', '--run', run, ...one);
    const told = await done('report', run, data, '-o', page, '--json', '--lang', 'ko');
    const report = await shown(page);
    expect(jsonLines(told)).toMatchObject([
      { type: 'report', path: page, sections: ['curves', 'classes', 'importance', 'layers'] },
    ]);
    expect(report).toMatchObject({ title: 'run', language: 'ko', subject: 'training' });
    const [network] = part(report, 'curves').networks;
    expect(network?.epochs).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(network?.measures.map(({ name }) => name)).toEqual(['loss', 'accuracy']);
    const classes = part(report, 'classes');
    const evaluated = jsonLines(
      await done('evaluate', `${run}/model.safetensors`, data, '--json'),
    )[0] as unknown as Omit<typeof classes, 'classes'> & { classes: object[] };
    expect(classes.accuracy).toBe(evaluated.accuracy);
    expect(classes.confusion).toEqual(evaluated.confusion);
    expect(classes.classes.map(({ curves: _, ...scores }) => scores)).toEqual(evaluated.classes);
    expect(classes.judged).toEqual({ rows: 150, from: 'training', file: 'iris.csv' });
    // The rows of mistakes are those of the file, as they stand there.
    const lines = irisCsv().split('\n');
    for (const { place, values, actual, predicted } of classes.worst) {
      const fields = (lines[(place ?? 0) - 1] ?? '').split(',');
      expect(fields.at(-1)).toBe(actual);
      expect(predicted).not.toBe(actual);
      expect(values.map(({ value }) => Number(Number(value).toFixed(4)))).toEqual(
        fields.slice(0, -1).map(Number),
      );
    }
    expect(part(report, 'importance').columns).toHaveLength(4);
    expect(part(report, 'layers').layers.map(({ type }) => type)).toContain('dense');
  });

  test('shows a regressor as evaluate measures it', async () => {
    const [model, page] = [work.path('width.safetensors'), work.path('width.html')];
    const target = ['--target', 'petal width', '--ignore', 'species'];
    await done('train', data, ...target, '--epochs', '5', '--members', '1', '--out', model);
    await done('report', model, data, '--out', page, '--lang', 'en', '--title', 'Widths');
    const report = await shown(page);
    const [evaluated] = jsonLines(await done('evaluate', model, data, '--json'));
    const numbers = part(report, 'numbers');
    expect(report).toMatchObject({ title: 'Widths', language: 'en', subject: 'model' });
    expect(numbers.r2).toBeCloseTo(Number(evaluated?.r2), 5);
    expect(numbers.points).toHaveLength(150);
    expect(numbers.residuals.counts.reduce((sum, count) => sum + count)).toBe(150);
    const [worst] = numbers.worst;
    const most = Math.max(...numbers.points.map(([real, said]) => Math.abs(said - real)));
    expect(Math.abs((worst?.predicted ?? 0) - (worst?.actual ?? 0))).toBeCloseTo(most, 10);
  });

  test('shows a detector with the columns to blame, and how well it finds wrong rows', async () => {
    const wrong = irisCsv()
      .split('\n')
      .map((line, index) =>
        index === 0 ? `${line},fault` : index === 7 ? `900${line},yes` : line && `${line},no`,
      );
    const labelled = await work.write('labelled.csv', wrong.join('\n'));
    const [model, page] = [work.path('detector.safetensors'), work.path('detector.html')];
    const detector = ['--autoencoder', '--contamination', '0.02', '--ignore', 'species'];
    await done('train', data, '--epochs', '20', '--out', model, ...detector);
    await done('report', model, labelled, '--out', page, '--labels-column', 'fault');
    const anomalies = part(await shown(page), 'anomalies');
    expect(anomalies.threshold).toBeGreaterThan(0);
    expect(anomalies.found).toMatchObject({ column: 'fault', wrong: 1, recall: 1 });
    expect(anomalies.found?.curves?.rocAuc).toBe(1);
    expect(anomalies.worst[0]).toMatchObject({ place: 8, wrong: true });
    expect(anomalies.worst[0]?.columns[0]).toMatchObject({ name: 'sepal length' });
  });

  test('shows a search', async () => {
    const [journal, page] = [work.path('study.jsonl'), work.path('study.html')];
    const few = ['--trials', '6', '--epochs', '3', '--pruner', 'none', '--study', journal];
    await done('search', data, '--target', 'species', ...few);
    await done('report', journal, '--out', page);
    const report = await shown(page);
    const study = part(report, 'study');
    expect(study.trials).toHaveLength(6);
    expect(study.importance.length).toBe(study.parameters.length);
    expect(study.best).toBe(report.facts.find(({ name }) => name === 'bestTrial')?.value);
  });

  test('says what is no source of a report', async () => {
    const folder = await layerwise(['report', work.path('.')]);
    expect(folder).toMatchObject({ code: 2 });
    expect(folder.stderr).toContain('a folder without config.json');
    const table = await layerwise(['report', data]);
    expect(table).toMatchObject({ code: 2 });
    expect(table.stderr).toContain('the journal of a study');
  });
});
