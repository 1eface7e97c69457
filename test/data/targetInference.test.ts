import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeTable } from '../../lib/data/encodedTable.js';
import { csvSource, type Survey, surveyTable } from '../../lib/data/table.js';
import { parseTableSchema } from '../../lib/data/tableSchema.js';
import { chunksOf, rejectionOf } from './chunks.js';

/** How the target of a table is read: as classes, and which, or as numbers. */

type Options = Partial<Parameters<typeof surveyTable>[1]>;

/** A table with the values as the column y. */
function sourceOf(values: readonly string[]) {
  const lines = values.map((value, row) => `${(row * 7) % 5},"${value}"`);
  const text = `${['x,y', ...lines].join('\n')}\n`;
  return csvSource('data.csv', () => chunksOf(text));
}

function survey(values: readonly string[], options: Options = {}): Promise<Survey> {
  const all = { ignore: [], maxCategories: 256, target: 'y', ...options };
  return surveyTable(sourceOf(values), all);
}

const repeated = (values: readonly string[], times: number) =>
  Array.from({ length: values.length * times }, (_, row) => values[row % values.length] as string);

const numbers = (count: number) => Array.from({ length: count }, (_, row) => `${17 + (row % 73)}`);

describe('classes that look like numbers', () => {
  test.each<[string, string[], string[], boolean]>([
    ['leading zeros', ['00', '01', '10', '11'], ['00', '01', '10', '11'], false],
    [
      'digits beyond 2^53',
      ['1000000000000000002', '1000000000000000001', '1700000000000000000'],
      ['1000000000000000001', '1000000000000000002', '1700000000000000000'],
      false,
    ],
    ['trailing zeros', ['1.10', '1.1', '1.9'], ['1.1', '1.10', '1.9'], false],
    ['exponents', ['1E2', '2E3', '3E1'], ['3E1', '1E2', '2E3'], false],
    ['signs', ['+1', '1', '-0'], ['-0', '+1', '1'], false],
    ['numbers in their own form', ['10', '9', '-1'], ['-1', '9', '10'], true],
    ['fractions in their own form', ['0.5', '-1.5'], ['-1.5', '0.5'], true],
  ])('are the texts of the file: %s', async (_, texts, classes, numeric) => {
    const values = repeated(texts, 10);
    const found = await survey(values, { task: 'classification' });
    expect(found.schema.target).toEqual({ name: 'y', type: 'classes', classes, numeric });
    const { targets } = await encodeTable(sourceOf(values), found);
    expect(Array.from(targets ?? [], (index) => classes[index])).toEqual(values);
  });

  test('are never rewritten or merged, whatever they are', async () => {
    const text = fc.oneof(
      fc.stringMatching(/^[+-]?\d{1,20}(\.\d{1,4})?([eE][+-]?\d)?$/),
      fc.stringMatching(/^[A-Za-z0-9]{1,4}$/).filter((word) => !/^(na|nan|null)$/i.test(word)),
    );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(text, { minLength: 2, maxLength: 12 }), async (texts) => {
        const { schema } = await survey(repeated(texts, 3), { task: 'classification' });
        if (schema.target?.type !== 'classes') throw new Error('no classes');
        expect([...schema.target.classes].sort()).toEqual([...texts].sort());
      }),
      { numRuns: 60 },
    );
  });

  test('are noted where one number is written in two ways', async () => {
    const { notices, schema } = await survey(repeated(['1', '1.0', '2'], 10));
    expect(schema.target).toMatchObject({ classes: ['1', '1.0', '2'] });
    expect(notices.join()).toContain("'1' and '1.0' are one number, but two classes of the target");
  });

  test('stay apart as categories of an input', async () => {
    const rows = ['01,a', '1,b', 'x,a', '01,b', '1,a', 'x,b'];
    const source = csvSource('data.csv', () => chunksOf(`code,y\n${rows.join('\n')}\n`));
    const { schema } = await surveyTable(source, { ignore: [], maxCategories: 9, target: 'y' });
    expect(schema.columns[0]).toMatchObject({ categories: ['01', '1', 'x'] });
  });
});

describe('a target of numbers with a text between them', () => {
  const withText = (values: string[]) => values.with(700, 'n/d');
  const prices = Array.from({ length: 1000 }, (_, row) => (100 + row * 0.37).toFixed(2));

  test.each([
    ['fractions', withText(prices)],
    ['many whole numbers', withText(numbers(1000))],
    ['few whole numbers', withText(repeated(['0', '1'], 500))],
  ])('is refused by its line: %s', async (_, values) => {
    const error = await rejectionOf(survey(values));
    expect(error.message).toMatch(
      /^data\.csv:702: expected a number in the target 'y', of whose 1,000 values 999 are numbers, received 'n\/d'\. .*`missing: \["n\/d"\]`\. .*`task: "classification"`/,
    );
    const regression = await rejectionOf(survey(values, { task: 'regression' }));
    expect(regression.message).toMatch(/^data\.csv:702: .*`missing: \["n\/d"\]`/);
  });

  test.each<[string, (price: string) => string]>([
    ['per cent', (price) => `${price}%`],
    ['money before', (price) => `$ ${price}`],
    ['money behind', (price) => `${price.replace('.', ',')} €`],
    ['thousands', (price) => `1,000,${price}`],
    ['thin spaces', (price) => `1\u202f${price}`],
  ])('is refused where all numbers are written for people: %s', async (_, write) => {
    const error = await rejectionOf(survey(prices.map(write)));
    expect(error.message).toMatch(/^data\.csv:2: expected a number in the target 'y'/);
    expect(error.message).toContain('without signs or separators of thousands');
  });

  test('holds classes where few numbers have a sign', async () => {
    const { schema } = await survey(repeated(['10%', '20%', '30%'], 10));
    expect(schema.target).toMatchObject({ classes: ['10%', '20%', '30%'] });
  });

  test('is learned where the text is said to be missing', async () => {
    const { task, droppedRows } = await survey(withText(prices), { missing: ['N/D'] });
    expect([task?.name, droppedRows]).toEqual(['regression', 1]);
  });

  test('is classified where that is asked for, with a note', async () => {
    const { notices, schema } = await survey(withText(numbers(1000)), { task: 'classification' });
    expect(schema.target).toMatchObject({ classes: expect.arrayContaining(['n/d', '17']) });
    expect(notices.join()).toContain(
      "taken as classes, 'n/d' in line 702 among them, though 999 of its 1,000 values are numbers",
    );
  });

  test('holds classes where the texts are many', async () => {
    const { task, schema } = await survey(repeated(['0', '1', '2', '3+'], 10));
    expect(task?.name).toBe('classification');
    expect(schema.target).toMatchObject({ classes: ['0', '1', '2', '3+'] });
  });

  test('is refused where its numbers have decimal commas', async () => {
    const values = Array.from({ length: 50 }, (_, row) => `${row % 7},${row % 10}`);
    const error = await rejectionOf(survey(values));
    expect(error.message).toMatch(
      /^data\.csv:2: .*of whose 50 values 0 are numbers and 50 have a decimal comma, received '0,0'\. Write the numbers with a decimal point/,
    );
    const { task } = await survey(values, { task: 'classification' });
    expect(task?.name).toBe('classification');
  });
});

describe("the class 'NA'", () => {
  test('is one among codes of two letters', async () => {
    const values = repeated(['EU', 'NA', 'SA', ''], 10);
    const found = await survey(values);
    expect(found).toMatchObject({ rows: 30, droppedRows: 10 });
    expect(found.schema.target).toMatchObject({ classes: ['EU', 'NA', 'SA'] });
    expect(found.notices.join()).toMatch(/'NA' is taken as a class of 'y'.* `missing: \["NA"\]`/);
    const { targets } = await encodeTable(sourceOf(values), found);
    expect(targets?.slice(0, 4)).toEqual(Int32Array.of(0, 1, 2, 0));
    const missing = await survey(values, { missing: ['NA'] });
    expect(missing.schema.target).toMatchObject({ classes: ['EU', 'SA'] });
  });

  test('is missing among other texts, with a note, and a class where the user says so', async () => {
    const values = repeated(['yes', 'NA', 'no'], 10);
    const found = await survey(values);
    expect(found).toMatchObject({ rows: 20, droppedRows: 10 });
    expect(found.notices.join()).toMatch(/In 10 rows the target 'y' is 'NA'.* `missing: \[""\]`/);
    const { schema, notices } = await survey(values, { missing: [''] });
    expect(schema.target).toMatchObject({ classes: ['NA', 'no', 'yes'] });
    expect(notices).toEqual([]);
    expect(parseTableSchema(JSON.parse(JSON.stringify(schema)), 'model')).toEqual(schema);
  });
});
