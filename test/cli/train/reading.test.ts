import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonLines, layerwise } from '../process.js';
import { Workspace } from '../samples.js';

/** How files are read, told and refused: tables as people have them, by the built command. */

let work: Workspace;

beforeAll(async () => {
  work = await Workspace.create();
});
afterAll(() => work.remove());

const csv = (header: string, rows: number, row: (index: number) => string) =>
  `${[header, ...Array.from({ length: rows }, (_, index) => row(index))].join('\n')}\n`;

const quick = ['--epochs', '1', '--hidden', 'none', '--members', '1'];

async function columnsOfScored(model: string, data: string, ...words: string[]) {
  const { code, stdout, stderr } = await layerwise(['predict', model, data, ...words]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const [header = [], ...rows] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return (name: string) => rows.map((fields) => fields[header.indexOf(name)] ?? '');
}

describe('the first line of a report', () => {
  test('names the delimiter, the columns and how the target was read', async () => {
    const data = await work.write(
      'comma.csv',
      csv('T, °C;p, hPa;v', 60, (row) => `${row % 7},5;1013,${row % 9};${row % 3}.5`),
    );
    const { stdout } = await layerwise(['train', data, '--target', 'v', ...quick]);
    expect(stdout).toMatch(
      /^.*comma\.csv: 60 rows .* 16 inputs from 0 columns of numbers and 2 of text; 3 columns between ';', target 'v' read as numbers\n/,
    );
    expect(stdout).toContain('Numbers are written with a decimal point, not a comma.');
    const json = await layerwise(['train', data, '--target', 'v', ...quick, '--json']);
    expect(jsonLines(json.stdout)[0]).toMatchObject({ delimiter: ';', columns: 3 });
  });
});

describe('class names', () => {
  test('are predicted as the file has them', async () => {
    const labels = ['00', '01', '10', '1E2', '1000000000000000001', '1000000000000000002'];
    const data = await work.write(
      'codes.csv',
      csv('x,label', 120, (row) => `${row % 6},${labels[row % 6]}`),
    );
    const out = work.path('codes.safetensors');
    const words = ['--target', 'label', '--task', 'classification', '--epochs', '60'];
    expect((await layerwise(['train', data, ...words, '--out', out])).code).toBe(0);
    const column = await columnsOfScored(out, data);
    for (const label of labels) expect(column(`probability_${label}`)).toHaveLength(120);
    for (const prediction of column('prediction')) expect(labels).toContain(prediction);
  });

  test('may be words that usually stand for a missing value', async () => {
    const data = await work.write(
      'words.csv',
      csv(
        'x,size,y',
        60,
        (row) => `${row % 3},${row % 4 ? 'NA' : '-'},${['NA', 'a', 'b'][row % 3]}`,
      ),
    );
    const out = work.path('words.safetensors');
    const words = ['--target', 'y', '--missing', '-', ...quick, '--out', out];
    expect((await layerwise(['train', data, ...words])).code).toBe(0);
    const column = await columnsOfScored(out, data);
    expect(column('probability_NA')).toHaveLength(60);
    const { stdout } = await layerwise(['inspect', out, '--json']);
    expect(JSON.parse(stdout).schema).toMatchObject({
      missing: ['-'],
      columns: [{ name: 'x' }, { name: 'size', categories: ['NA'], missingCategory: true }],
    });
  });
});

describe('predictions of a large target', () => {
  test('keep their differences', async () => {
    const data = await work.write(
      'arrival.csv',
      csv('x,arrival', 200, (row) => `${row / 10},${1.7e9 + Math.round(600 * Math.sin(row / 10))}`),
    );
    const out = work.path('arrival.safetensors');
    const words = ['--target', 'arrival', '--epochs', '20', '--out', out];
    expect((await layerwise(['train', data, ...words])).code).toBe(0);
    const predictions = (await columnsOfScored(out, data))('prediction');
    expect(new Set(predictions).size).toBeGreaterThan(150);
    const { stdout } = await layerwise(['inspect', out]);
    expect(stdout).toMatch(/arrival +target, mean 1700000\d{3}/);
  });
});

describe('the command that is to come', () => {
  test('can be pasted, whatever the model is called', async () => {
    const data = await work.write(
      'table.csv',
      csv('x,y', 20, (row) => `${row},${row / 7}`),
    );
    const out = work.path('my model.safetensors');
    const { stdout } = await layerwise(['train', data, '--target', 'y', ...quick, '--out', out]);
    expect(stdout).toContain(`layerwise predict '${out}' new-data --out scored.csv`);
  });
});

describe('texts of foreign programs', () => {
  test('are read with byte-order marks, in the space too', async () => {
    const data = await work.write(
      'bom.csv',
      `\ufeff${csv('a,y', 60, (row) => `${row},${row % 2}`)}`,
    );
    const space = Buffer.from('\ufeff{ "units": [8], "layers": 1 }', 'utf16le');
    const words = ['--target', 'y', '--trials', '1', '--epochs', '1'];
    const path = await work.write('space.json', space);
    const { code, stderr } = await layerwise(['search', data, ...words, '--space', path]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });

  test('are scored without formulas where that is asked for', async () => {
    const data = await work.write(
      'formulas.csv',
      csv('x,note,y', 40, (row) => `-${row % 5},=A${row},${row % 2 ? '@yes' : 'no'}`),
    );
    const out = work.path('formulas.safetensors');
    const words = ['--target', 'y', '--ignore', 'note', ...quick, '--out', out];
    expect((await layerwise(['train', data, ...words])).code).toBe(0);
    const escaped = await columnsOfScored(out, data, '--escape-formulas');
    expect(escaped('note').slice(0, 2)).toEqual(["'=A0", "'=A1"]);
    expect(escaped('x')[1]).toBe('-1');
    for (const prediction of escaped('prediction')) expect(["'@yes", 'no']).toContain(prediction);
    expect((await columnsOfScored(out, data))('note')[0]).toBe('=A0');
  });
});

describe('IDX files', () => {
  const idx = (type: number, body: Buffer) =>
    Buffer.concat([Buffer.from([0, 0, type, 3, 0, 0, 0, 40, 0, 0, 0, 3, 0, 0, 0, 3]), body]);

  test('keep the differences of large integers, and name the item that is no number', async () => {
    const integers = Buffer.alloc(1440);
    const floats = Buffer.alloc(1440);
    for (let at = 0; at < 360; at++) {
      integers.writeInt32BE(2 ** 31 - 1 - ((at * at) % 11), at * 4);
      floats.writeFloatBE(at / 7, at * 4);
    }
    const whole = await work.write('int.idx', idx(12, integers));
    const words = ['--autoencoder', '--code', '1', ...quick, '--json'];
    const trained = await layerwise(['train', whole, ...words]);
    const done = jsonLines(trained.stdout).find(({ type }) => type === 'done');
    expect(done?.loss).toBeGreaterThan(0.05);
    const good = await work.write('float.idx', idx(13, floats));
    const out = work.path('idx.safetensors');
    expect((await layerwise(['train', good, ...words, '--out', out])).code).toBe(0);
    floats.writeFloatBE(Number.NaN, 400);
    const bad = await work.write('nan.idx', idx(13, floats));
    for (const command of [
      ['train', bad, ...words],
      ['predict', out, bad],
    ]) {
      const { code, stderr } = await layerwise(command);
      expect([code, stderr]).toEqual([2, expect.stringContaining('nan.idx[11][0][1]: expected')]);
    }
  });
});

describe('names of columns', () => {
  test('are found composed and decomposed, and may stand twice where they are ignored', async () => {
    const data = await work.write(
      'names.csv',
      csv('id,e\u0301tat,id,y', 40, (row) => `${row},${row % 5},${row},${row % 2}`),
    );
    const out = work.path('names.safetensors');
    const words = ['--target', 'y', '--ignore', 'id', ...quick, '--out', out];
    expect((await layerwise(['train', data, ...words])).code).toBe(0);
    const composed = await work.write(
      'composed.csv',
      csv('\u00e9tat,a,a', 4, (row) => `${row},,`),
    );
    const column = await columnsOfScored(out, composed);
    expect(column('prediction')).toHaveLength(4);
    const twice = await work.write('twice.csv', '\u00e9tat,e\u0301tat\n1,2\n');
    const refused = await layerwise(['predict', out, twice]);
    expect(refused.stderr).toContain('for the columns 1 and 2');
  });
});

describe('tables as other programs write them', () => {
  test('are trained on and scored, with a word on each odd line', async () => {
    const rows = Array.from(
      { length: 60 },
      (_, row) => `${row % 12},00${row % 3},${row % 9 === 4 ? '-' : row % 7},${row % 5},5`,
    );
    const text = ['month;zip;x;y', ...rows.map((row) => row.replace(/,(?=\d+,|-|00)/g, ';'))];
    const spoilt = ['exported today', ...text, '% note', '1;2;3;4;5', ';;;', '3;001'];
    const data = await work.write('odd.csv', `${spoilt.join('\r\n')}\r\n`);
    const out = work.path('odd.safetensors');
    const form = ['--skip-lines', '1', '--comment', '%', '--skip-bad-lines'];
    const kinds = ['--categorical', 'month', 'zip', '--decimal', ','];
    const words = [data, '--target', 'y', ...kinds, ...form, ...quick, '--out', out, '--json'];
    const trained = await layerwise(['train', ...words]);
    expect([trained.code, trained.stderr]).toEqual([0, '']);
    expect(jsonLines(trained.stdout)[0]).toMatchObject({
      // The month is an index, the zip has three inputs, x has one more for missing.
      inputs: 1 + 3 + 2,
      droppedRows: 1,
      notices: [
        expect.stringContaining('delimiters alone'),
        expect.stringContaining('fewer fields'),
        expect.stringMatching(/--skip-bad-lines: line 64 \(5 fields, and not 4\)/),
        expect.stringContaining("Taken as missing: '-' in"),
      ],
    });
    const scored = work.path('odd-scored.csv');
    const said = await layerwise(['predict', out, data, ...form, '--out', scored]);
    expect([said.code, said.stderr.match(/Note: /g)?.length]).toEqual([0, 3]);
    expect(said.stderr).toContain('Scored 61 rows');
  });

  test('are refused a model that has its own ways of reading', async () => {
    const data = await work.write(
      'own.csv',
      csv('x,y', 20, (row) => `${row},${row / 7}`),
    );
    for (const words of [
      ['--decimal', ','],
      ['--categorical', 'x'],
      ['--keep', 'x'],
    ]) {
      const { code, stderr } = await layerwise(['train', data, '--from', data, ...words]);
      expect([code, stderr]).toEqual([2, expect.stringContaining('--from goes on with one')]);
    }
    const { stderr } = await layerwise(['train', data, '--target', 'y', '--comment', '']);
    expect(stderr).toContain('what such lines begin with');
  });
});
