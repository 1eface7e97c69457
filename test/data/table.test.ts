import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCsv } from '../../lib/data/csv.js';
import { type EncodedTable, encodeTable } from '../../lib/data/encodedTable.js';
import { csvSource, type Survey, surveyTable } from '../../lib/data/table.js';
import { TableEncoder, type UnknownPolicy } from '../../lib/data/tableEncoder.js';
import { encodedWidth, parseTableSchema, type TableSchema } from '../../lib/data/tableSchema.js';
import { DataError, FileFormatError } from '../../lib/errors.js';
import { chunksOf, rejectionOf } from './chunks.js';

type Options = Partial<Parameters<typeof surveyTable>[1]>;

const defaults = { target: null, ignore: [], maxCategories: 256 };

function sourceOf(text: string) {
  return csvSource('data.csv', () => chunksOf(text));
}

function survey(text: string, options: Options = {}): Promise<Survey> {
  return surveyTable(sourceOf(text), { ...defaults, ...options });
}

async function encode(text: string, options: Options = {}): Promise<EncodedTable> {
  const found = await survey(text, options);
  return encodeTable(sourceOf(text), found, options);
}

/** Encodes another file with the schema of a first one. */
async function apply(
  schema: TableSchema,
  text: string,
  policy: UnknownPolicy = 'error',
): Promise<{ inputs: number[]; encoder: TableEncoder }> {
  const reader = await openCsv(chunksOf(text), 'new.csv');
  const encoder = new TableEncoder(schema, reader.columns, 'new.csv', policy);
  const inputs: number[] = [];
  for await (const batch of reader.batches()) {
    const values = new Float32Array(batch.records.length * encoder.width);
    encoder.encode(batch, values);
    inputs.push(...values);
  }
  return { inputs, encoder };
}

const csv = (...lines: string[]) => `${lines.join('\n')}\n`;

describe('groups of rows', () => {
  test('are numbered by a column that is no input; rows without one stand alone', async () => {
    const text = csv('x,patient,y', '1,ann,0', '2,bob,1', '3,,0', '4, ann,', '5,ann,1', '6,,1');
    const found = await survey(text, { target: 'y', groups: 'patient' });
    expect(found.schema.columns.map(({ name }) => name)).toEqual(['x']);
    expect([found.rows, found.groups]).toEqual([5, Int32Array.of(0, 1, 2, 0, 3)]);
    expect((await survey(text)).groups).toBeNull();
    const error = await rejectionOf(survey(text, { groups: 'patients' }));
    expect(error.message).toContain('groups: expected');
  });
});

describe('the schema of a table', () => {
  test('standardises numbers and spreads texts', async () => {
    const { schema } = await survey(csv('x,color', '1,red', '3,blue', '5,red'));
    expect(schema).toEqual({
      kind: 'table',
      header: true,
      columns: [
        {
          name: 'x',
          type: 'number',
          mean: 3,
          deviation: Math.sqrt(8 / 3),
          missingIndicator: false,
        },
        { name: 'color', type: 'text', categories: ['blue', 'red'], missingCategory: false },
      ],
      target: null,
    });
    expect(encodedWidth(schema)).toBe(3);
  });

  test('is plain JSON that can be read back', async () => {
    const { schema } = await survey(csv('x,color,y', '1,red,a', ',blue,b', '5,,a'), {
      target: 'y',
    });
    expect(parseTableSchema(JSON.parse(JSON.stringify(schema)), 'model')).toEqual(schema);
  });

  test('is text as soon as one value is no number', async () => {
    const { schema, notices } = await survey(csv('x', '1', '2', '3+'));
    expect(schema.columns[0]).toMatchObject({ type: 'text', categories: ['1', '2', '3+'] });
    expect(notices.join()).toMatch(/taken as text because of '3\+' in line 4, though 2 of its 3/);
  });

  test.each([
    ['text', ['a', 'b', 'a'], 'classification', "'y' holds text"],
    ['fractions', ['1.5', '2', '3'], 'regression', 'not all whole'],
    ['few whole numbers', ['0', '1', '1', '0'], 'classification', 'only 2 different whole'],
    ['the same numbers written in two ways', ['1', '1.0', '2', '02'], 'classification', 'only 2'],
    ['as many numbers as rows', ['1', '2', '3', '4'], 'regression', 'many different'],
    ['21 whole numbers', Array.from({ length: 210 }, (_, i) => `${i % 21}`), 'regression', 'many'],
    [
      '20 whole numbers',
      Array.from({ length: 210 }, (_, i) => `${i % 20}`),
      'classification',
      '20',
    ],
  ])('chooses the task for a target of %s', async (_, values, task, reason) => {
    const rows = values.map((value, index) => `${index * 0.5},${value}`);
    const found = await survey(csv('x,y', ...rows), { target: 'y' });
    expect(found.task).toMatchObject({ name: task, reason: expect.stringContaining(reason) });
  });

  test('lets a name stand twice where both columns are ignored', async () => {
    const text = csv('id,x,id,y', '1,2,3,0', '2,5,4,1', '3,1,5,0', '4,1,6,1');
    const { schema } = await survey(text, { target: 'y', ignore: ['id'] });
    expect(schema.columns.map(({ name }) => name)).toEqual(['x']);
    for (const options of [{ target: 'y' }, { target: 'id', ignore: ['x'] }]) {
      const error = await rejectionOf(survey(text, options));
      expect(error.message).toContain("'id' for the columns 1 and 3");
    }
    expect((await encode(text, { target: 'y', ignore: ['id'] })).columns).toBe(1);
  });

  test('finds composed and decomposed names', async () => {
    const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301'];
    const text = csv(`x,${decomposed},\u00e9,g`, '1,0,7,a', '2,1,8,b', '4,0,7,a', '8,1,8,b');
    const options = { target: composed, ignore: ['e\u0301'], groups: 'g' };
    const found = await survey(text, options);
    expect(found.schema.columns.map(({ name }) => name)).toEqual(['x']);
    const { targets } = await encode(text, options);
    expect(targets).toEqual(Int32Array.of(0, 1, 0, 1));
    const { schema } = await survey(csv(decomposed, '1', '3'));
    expect((await apply(schema, csv(`other,${composed}`, 'a,1'))).inputs).toEqual([-1]);
  });

  test('looks names up at once, however many there are', async () => {
    const names = Array.from({ length: 60_000 }, (_, index) => `c${index}`);
    const text = csv(names.join(), names.map((_, index) => index % 7).join());
    const ignore = names.slice(2);
    const { schema } = await survey(text, { ignore });
    expect(schema.columns).toHaveLength(2);
    const wide = { ...schema, columns: names.map((name) => ({ ...schema.columns[0], name })) };
    const error = await rejectionOf(apply(wide as TableSchema, csv('x', '1')));
    expect(error.message).toContain("'c9' and 59990 more");
  });

  test('follows the option task', async () => {
    const text = csv('x,y', '1,0', '2,1', '4,1', '3,0');
    expect((await survey(text, { target: 'y', task: 'regression' })).schema.target).toEqual({
      name: 'y',
      type: 'number',
      mean: 0.5,
      deviation: 0.5,
    });
    const classes = await survey(csv('x,y', '1,1.5', '2,0.5'), {
      target: 'y',
      task: 'classification',
    });
    expect(classes.schema.target).toMatchObject({ classes: ['0.5', '1.5'], numeric: true });
  });

  test('leaves out rows without a target, before anything is measured', async () => {
    const text = csv('x,y', '1,a', '1000,', '3,b', 'oops,NA');
    const found = await survey(text, { target: 'y' });
    expect(found).toMatchObject({ rows: 2, droppedRows: 2 });
    expect(found.schema.columns[0]).toMatchObject({ type: 'number', mean: 2 });
    expect((await encode(text, { target: 'y' })).targets).toEqual(Int32Array.of(0, 1));
  });

  test('leaves out columns that say nothing, and tells so', async () => {
    const text = csv('x,same,empty,y', '1,7,,a', '2.5,7,NA,b', '2,7,?,a');
    const found = await survey(text, { target: 'y' });
    expect(found.schema.columns.map(({ name }) => name)).toEqual(['x']);
    expect(found.notices).toEqual([
      "Column 'same' has the same value in every row: left out.",
      "Column 'empty' is empty in every row: left out.",
    ]);
  });

  test('keeps a constant for an autoencoder, at zero', async () => {
    const text = csv('x,same', '1,7', '2.5,7');
    const { inputs } = await encode(text);
    expect([...inputs]).toEqual([-1, 0, 1, 0]);
    const { schema } = await survey(text);
    expect((await apply(schema, csv('x,same', '1.75,9'))).inputs).toEqual([0, 2]);
  });

  test('points at columns that count the rows', async () => {
    const { notices } = await survey(csv('row id,x', '10,1', '11,0', '12,1', '13,5'));
    expect(notices.join()).toMatch(
      /'row id' counts the rows.*left out\. `keep: \["row id"\]` makes/,
    );
    const other = await survey(csv('time,x', '10,1', '11,0', '12,1', '13,5'));
    expect(other.schema.columns.map(({ name }) => name)).toEqual(['time', 'x']);
    expect(other.notices.join()).toMatch(/'time' counts the rows: .*`ignore: \["time"\]`/);
  });

  test('counts on over rows without a target', async () => {
    const lines = ['10,1,0.5', '11,0,', '12,0,', '13,1,1.5', '14,5,2.5'];
    const found = await survey(csv('id,x,y', ...lines), { target: 'y' });
    expect(found.schema.columns.map(({ name }) => name)).toEqual(['x']);
    const gap = await survey(csv('id,x,y', ...lines.toSpliced(3, 1)), { target: 'y' });
    expect(gap.schema.columns.map(({ name }) => name)).toEqual(['id', 'x']);
  });

  test.each<[string, string, Options, string]>([
    [
      'a target that is not there',
      csv('size,price', '1,2'),
      { target: 'prize' },
      "^target: .*'prize'. Did you mean 'price'",
    ],
    [
      'an unknown column to ignore',
      csv('a,b', '1,2'),
      { ignore: ['c'] },
      '^ignore: expected a column of the file: a or b',
    ],
    ['no rows', csv('a,b'), {}, 'received a header and no rows'],
    ['no targets', csv('a,y', '1,', '2,NA'), { target: 'y' }, '2 rows, all of them without'],
    ['one class', csv('a,y', '1,k', '2,k'), { target: 'y' }, "received only 'k'"],
    ['one value', csv('a,y', '1,2.5', '2,2.5'), { target: 'y' }, 'received only 2.5'],
    ['nothing but the target', csv('y', 'a', 'b'), { target: 'y' }, 'at least one column'],
    [
      'text for a regressor',
      csv('a,y', '1,2', '2,x'),
      { target: 'y', task: 'regression' },
      "data.csv:3: .*'x'",
    ],
    [
      'an infinity',
      csv('a,b', '1,2', '1e999,3'),
      {},
      "data.csv:3: expected finite numbers in column 'a'",
    ],
    ['giant numbers', csv('a,b', '1e300,2', '-1e300,3'), {}, 'numbers of ordinary size'],
    [
      'too many texts',
      csv('a,b', '1,x', '2,y', '3,z'),
      { maxCategories: 2 },
      "at most 2 different texts in column 'b'.*`ignore: \\[.b.\\]`",
    ],
    [
      'a wrong number',
      csv('a', '1', '2', '3', 'x4'),
      { maxCategories: 2 },
      "data.csv:5: expected a number in column 'a'.*'x4'",
    ],
    [
      'decimal commas',
      csv('a;b', '1,5;2,5', '3,5;4,5', '5,1;2,2'),
      { maxCategories: 2 },
      'with a decimal point',
    ],
    [
      'too many classes',
      csv('a,y', '1,p', '2,q', '3,r'),
      { target: 'y', maxCategories: 2 },
      'at most 2 classes',
    ],
  ])('refuses %s', async (_, text, options, message) => {
    const error = await rejectionOf(survey(text, options));
    expect(error.message).toMatch(new RegExp(message, 's'));
  });

  test.each([
    [null, 'an object'],
    [{ header: 1 }, 'header: expected a boolean'],
    [{ header: true, columns: {} }, 'columns: expected a list'],
    [{ header: true, columns: [{ name: 'a', type: 'time' }], target: null }, 'columns[0].type'],
    [
      {
        header: true,
        columns: [{ name: 'a', type: 'number', mean: 0, deviation: 0, missingIndicator: false }],
        target: null,
      },
      'deviation',
    ],
    [
      {
        header: true,
        columns: [{ name: 'a', type: 'text', categories: ['x', 'x'], missingCategory: false }],
        target: null,
      },
      'different names',
    ],
    [
      {
        header: true,
        columns: [],
        target: { name: 'y', type: 'classes', classes: [1], numeric: false },
      },
      'classes[0]',
    ],
  ])('refuses the hostile schema %j', (value, message) => {
    expect(() => parseTableSchema(value, 'model')).toThrow(FileFormatError);
    expect(() => parseTableSchema(value, 'model')).toThrow(message);
  });
});

describe('encoding a table', () => {
  test('fills missing numbers with the mean and marks them', async () => {
    const { inputs, columns } = await encode(csv('x,c', '1,a', 'NA,', '3,a', '?,b'));
    expect(columns).toBe(5);
    expect([...inputs]).toEqual([
      ...[-1, 0, 1, 0, 0],
      ...[0, 1, 0, 0, 1],
      ...[1, 0, 1, 0, 0],
      ...[0, 1, 0, 1, 0],
    ]);
  });

  test('finds the columns in any order and leaves others alone', async () => {
    const { schema } = await survey(csv('x,c', '1,a', '3,b'));
    const { inputs } = await apply(schema, csv('note,c,x', 'hello,b,1', 'NA,a,2'));
    expect(inputs).toEqual([-1, 0, 1, 0, 1, 0]);
  });

  test('names the missing columns and what may be meant', async () => {
    const { schema } = await survey(csv('width,height,c', '1,2,a', '3,1,b'));
    const error = await rejectionOf(apply(schema, csv('widht,c', '1,a')));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe(
      "new.csv: expected the columns that the model was trained on, received a file without 'width' and 'height'. " +
        "For 'width': Did you mean 'widht'? The file has: widht, c.",
    );
  });

  test('refuses an unknown text, or encodes it as zeros and counts it', async () => {
    const { schema } = await survey(csv('x,city', '1,Paris', '3,Rome'));
    const text = csv('x,city', '1,Rome', '2,Pariss', '2,');
    const error = await rejectionOf(apply(schema, text));
    expect(error.message).toMatch(
      /^new\.csv:3: expected one of the values of column 'city' .*\('Paris', 'Rome'\), received 'Pariss'\. Did you mean 'Paris'\? With `unknown: "ignore"`/,
    );
    const { inputs, encoder } = await apply(schema, text, 'ignore');
    expect(inputs).toEqual([-1, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect(encoder.counts.unknown).toBe(2);
  });

  test('tells a text that only looks like one of training', async () => {
    const { schema } = await survey(csv('x,city', '1,서울', '3,Köln'));
    for (const city of ['서울', 'Köln']) {
      const error = await rejectionOf(apply(schema, csv('x,city', `1,${city.normalize('NFD')}`)));
      expect(error.message).toMatch(/It looks like one of them, .*NFC and NFD.* With `unknown/);
    }
  });

  test('names the line of a number that is none', async () => {
    const { schema } = await survey(csv('x', '1', '3'));
    const error = await rejectionOf(apply(schema, 'x\n1\n\n12 kg\n'));
    expect(error.message).toMatch(
      /^new\.csv:4: expected a finite number of ordinary size in column 'x', received '12 kg'/,
    );
  });

  test('fills a number that was never missing in training with the mean, and counts it', async () => {
    const { schema } = await survey(csv('x,y', '1,0', '3,2'));
    const { inputs, encoder } = await apply(schema, csv('x,y', 'null,2'));
    expect(inputs).toEqual([0, 1]);
    expect(encoder.counts.missing).toBe(1);
  });

  test('notices that the file changed between the passes', async () => {
    const before = csv('x,y', '1,a', '2,b');
    const found = await survey(before, { target: 'y' });
    for (const after of [
      csv('x,y', '1,a'),
      csv('x,y', '1,a', '2,b', '3,a'),
      csv('x,y', '1,a', '2,c'),
    ]) {
      const error = await rejectionOf(encodeTable(sourceOf(after), found));
      expect(error.message).toMatch(/a file that stays as it is/);
    }
  });

  test('takes numbers that differ by their rounding alone for a constant', async () => {
    const text = csv('number,word', '999999.999999999,red', '999999.9999999988,green');
    const { schema } = await survey(text);
    expect(schema.columns[0]).toMatchObject({ mean: 999999.9999999988, deviation: 1 });
  });

  test('decodes to what was encoded, for any table', async () => {
    const number = fc.oneof(
      fc.integer({ min: -1000, max: 1000 }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((value) => Math.abs(value) > 1e-100),
    );
    const word = fc.constantFrom('red', 'green', 'dark blue', 'a,b', 'say "x"', 'ß');
    const row = fc.record({
      number: fc.option(number, { freq: 5 }),
      word: fc.option(word, { freq: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 2, maxLength: 30 }), async (rows) => {
        fc.pre(
          rows.some((each) => each.number !== null) && rows.some((each) => each.word !== null),
        );
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = rows.map((each) => `${each.number ?? 'NA'},${quote(each.word ?? '')}`);
        const text = csv('number,word', ...lines);
        const { schema } = await survey(text);
        const { inputs, columns } = await encode(text);
        rows.forEach((each, index) => {
          const decoded = decode(schema, inputs.subarray(index * columns, (index + 1) * columns));
          expect(decoded.word).toBe(each.word);
          if (each.number === null) {
            expect(decoded.number).toBeNull();
            return;
          }
          const error = Math.abs((decoded.number ?? 0) - each.number);
          expect(error).toBeLessThan(
            1e-9 + 1e-6 * (decoded.deviation + Math.abs(each.number - decoded.mean)),
          );
        });
      }),
      { numRuns: 60 },
    );
  });
});

/** The reverse of the encoding, by its definition. */
function decode(
  schema: TableSchema,
  inputs: Float32Array,
): { number: number | null; word: string | null; mean: number; deviation: number } {
  const [first, second] = schema.columns;
  if (first?.type !== 'number' || second?.type !== 'text') throw new Error('another schema');
  const width = first.missingIndicator ? 2 : 1;
  const isMissing = first.missingIndicator && inputs[1] === 1;
  const spread = [...inputs.subarray(width)];
  expect(spread.reduce((sum, value) => sum + value, 0)).toBe(1);
  return {
    number: isMissing ? null : (inputs[0] ?? 0) * first.deviation + first.mean,
    word: second.categories[spread.indexOf(1)] ?? null,
    mean: first.mean,
    deviation: first.deviation,
  };
}
