import { describe, expect, test } from 'vitest';
import { encodeTable } from '../../lib/data/encodedTable.js';
import { missingAmongNumbers, missingWords } from '../../lib/data/missingWords.js';
import { csvSource, surveyTable } from '../../lib/data/table.js';
import { embeddedInputsOf, parseTableSchema } from '../../lib/data/tableSchema.js';
import { parseAmount, parseDecimalComma } from '../../lib/data/tableValues.js';
import { chunksOf, rejectionOf } from './chunks.js';

/** How the cells of a table are read: missing values, numbers as people write them, codes, numbers of rows. */

type Options = Partial<Parameters<typeof surveyTable>[1]>;

async function read(lines: readonly string[], options: Options = {}) {
  const text = `${lines.join('\n')}\n`;
  const source = csvSource('data.csv', () => chunksOf(text));
  const given = { target: null, ignore: [], maxCategories: 256, ...options };
  const survey = await surveyTable(source, given);
  const schema = parseTableSchema(JSON.parse(JSON.stringify(survey.schema)), 'model');
  expect(schema).toEqual(survey.schema);
  return { ...survey, encoded: await encodeTable(source, survey, given) };
}

describe('words for missing', () => {
  test.each([...missingWords, ...missingAmongNumbers])(
    'are known between numbers: %j',
    async (word) => {
      for (const written of [word, word.toUpperCase()]) {
        const { schema, notices, encoded } = await read(['x,y', '1,0', `${written},1`, '3,1']);
        expect(schema.columns[0]).toMatchObject({
          type: 'number',
          mean: 2,
          missingIndicator: true,
        });
        expect([...encoded.inputs.filter((_, index) => index % 3 === 1)]).toEqual([0, 1, 0]);
        const told =
          written === '' ? [] : [`Taken as missing: '${written}' in 1 row (line 3) of 'x'.`];
        expect(notices).toEqual(told);
      }
    },
  );

  test.each(missingAmongNumbers)('between texts are texts: %j', async (word) => {
    const { schema } = await read(['x', 'a', word, 'b']);
    expect(schema.columns[0]).toMatchObject({ categories: ['a', 'b', word].sort() });
  });

  test('in a target are classes, or an error between its numbers', async () => {
    const classes = [
      'x,y',
      ...Array.from({ length: 20 }, (_, row) => `${row % 7},${row % 2 ? 'None' : 'Apnea'}`),
    ];
    const { schema, droppedRows } = await read(classes, { target: 'y' });
    expect([schema.target, droppedRows]).toMatchObject([{ classes: ['Apnea', 'None'] }, 0]);
    const numbers = [
      'x,y',
      ...Array.from({ length: 50 }, (_, row) => `${row % 7},${row / 3}`),
      '1,-',
    ];
    const error = await rejectionOf(read(numbers, { target: 'y' }));
    expect(error.message).toMatch(/^data\.csv:52: .*'-'.*`missing: \["-"\]`/);
    const dropped = await read(numbers.with(-1, '1,#N/A'), { target: 'y' });
    expect(dropped.droppedRows).toBe(1);
  });

  test('that are named stand in the place of all others', async () => {
    const { schema } = await read(['x,y', '1,a', '-999,-', '3,NA'], { missing: ['-999'] });
    expect(schema.columns).toMatchObject([
      { mean: 2, missingIndicator: true },
      { categories: ['-', 'NA', 'a'], missingCategory: false },
    ]);
    const error = await rejectionOf(
      read(['x,y', '1,1', '-,2', '3,4', '5,6'], { missing: [''], maxCategories: 2 }),
    );
    expect(error.message).toContain("received '-'");
  });

  test('are told of, the first columns by name', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const row = (value: string) => names.map(() => value).join();
    const { notices } = await read([
      names.join(),
      row('1'),
      row('na'),
      row('-'),
      row('na'),
      row('7'),
    ]);
    expect(notices).toEqual([
      expect.stringMatching(
        /^Taken as missing: 'na' in 2 rows \(line 3\) and '-' in 1 row \(line 4\) of 'a'; .* of 'e'; and words in 2 more columns\.$/,
      ),
    ]);
  });
});

describe('numbers as people write them', () => {
  test.each([
    ['1,234.5', '.', 1234.5],
    ['-1,234,567', '.', -1234567],
    ["1'234.5", '.', 1234.5],
    ['1 234', '.', 1234],
    ['12.5 %', '.', 12.5],
    ['$ 1,000', '.', 1000],
    ['1.234,5 €', ',', 1234.5],
    ['1.234.567', ',', 1234567],
    ['0,567', '.', Number.NaN],
    ['1,23', '.', Number.NaN],
    ['1,234 567', '.', Number.NaN],
    ['12 kg', '.', Number.NaN],
    ['1.5', ',', Number.NaN],
  ] as const)('%j with the decimal sign %j is %d', (text, decimal, number) => {
    expect(parseAmount(text, decimal)).toBe(number);
  });

  test.each([
    ['1,5', 1.5],
    ['-0,25', -0.25],
    ['1,5e3', 1500],
    ['12', 12],
    ['1.5', Number.NaN],
    ['1,2,3', Number.NaN],
  ])('%j with a decimal comma is %d', (text, number) => {
    expect(parseDecimalComma(text)).toBe(number);
  });

  test('are numbers of an input where all are plain to read', async () => {
    const { schema, notices, encoded } = await read([
      'price;share',
      '1,000,000;10%',
      '500;20 %',
      '"1,500.5";30%',
    ]);
    expect(schema.columns).toMatchObject([
      { type: 'number', amounts: true, missingIndicator: false },
      { type: 'number', amounts: true, mean: 20 },
    ]);
    expect(notices[0]).toBe(
      "Column 'price' is read as numbers, which are written as '1,000,000' in line 2.",
    );
    expect(encoded.inputs[1]).toBeCloseTo(-1.2247, 3);
  });

  test.each([
    ['commas that may be decimal ones', ['1,234', '12', '15', '17']],
    ['per cent and shares', ['10%', '0.2', '0.3', '0.4']],
  ])('are texts of an input where they are not: %s', async (_, values) => {
    const { schema, notices } = await read([
      'x;y',
      ...values.map((value, row) => `${value};${row}`),
    ]);
    expect(schema.columns[0]).toMatchObject({ type: 'text' });
    expect(notices.join()).toContain("'x' is taken as text");
    // They are values, which nobody wants to lose.
    expect(notices.join()).not.toContain('missing');
  });

  test('are codes where zeros stand in front, which they do not in 0 %', async () => {
    const noticesOf = async (values: readonly string[]) =>
      (await read(['x;y', ...values.map((value, row) => `${value};${row % 2}`)], { decimal: ',' }))
        .notices;
    expect(await noticesOf(['0 %', '5 %', '15 %'])).toEqual([]);
    expect(await noticesOf(['0,0', '5', '15,0'])).toEqual([]);
    expect((await noticesOf(['00501', '5', '15'])).join()).toContain('zeros in front');
  });

  test('are numbers everywhere with the decimal sign that is named', async () => {
    const rows = Array.from({ length: 30 }, (_, row) => `${row % 7},5;1.${row + 100},25 €`);
    const { schema, encoded } = await read(['x;y', ...rows], { decimal: ',', target: 'y' });
    expect(schema).toMatchObject({
      decimal: ',',
      columns: [{ type: 'number' }],
      target: { type: 'number', mean: 1114.75 },
    });
    expect(encoded.targets?.[0]).toBeCloseTo(-1.675, 3);
    const { schema: pointed } = await read(['x;y', '1,234;1', '2,500;5', '7;2'], { decimal: '.' });
    expect(pointed.columns[0]).toMatchObject({ type: 'number', mean: (1234 + 2500 + 7) / 3 });
  });

  test('are classes in their order', async () => {
    const rows = Array.from({ length: 40 }, (_, row) => `${row % 7},5;${row % 4},0`);
    const { schema } = await read(['x;y', ...rows], { decimal: ',', target: 'y' });
    expect(schema.target).toMatchObject({ classes: ['0,0', '1,0', '2,0', '3,0'] });
  });
});

describe('columns that are no ordinary numbers', () => {
  const rows = Array.from({ length: 12 }, (_, row) => `${row + 1},0${row % 3}1,${row % 5}`);

  test('are categories where that is said, as they are written', async () => {
    const { schema } = await read(['month,zip,y', ...rows], { categorical: ['month', 'zip'] });
    expect(schema.columns).toMatchObject([
      { type: 'text', categories: expect.arrayContaining(['1', '12']) },
      { type: 'text', categories: ['001', '011', '021'] },
      { type: 'number' },
    ]);
    const { notices } = await read(['month,zip,y', ...rows]);
    expect(notices.join()).toMatch(/'zip' is read as numbers.*`categorical: \["zip"\]`/);
    const error = await rejectionOf(read(['month,zip,y', ...rows], { categorical: ['moth'] }));
    expect(error.message).toMatch(/^categorical: .*'month'/);
  });

  test.each([
    'id',
    'Id',
    'ID',
    'row',
    'customer_id',
    'customerId',
    'index',
    'Unnamed: 0',
    '',
    'row.names',
  ])('number the rows, and are left out, where they are called %j', async (name) => {
    const { schema, notices } = await read([`${name},zip,y`, ...rows]);
    expect(schema.columns.map((column) => column.name)).toEqual(['zip', 'y']);
    expect(notices.join()).toMatch(/counts the rows, .*left out\. `keep: \[/);
  });

  test.each(['humid', 'paid', 'year', 'video'])('stay where they are called %j', async (name) => {
    const { schema } = await read([`${name},zip,y`, ...rows]);
    expect(schema.columns).toHaveLength(3);
  });

  test('stay where that is said, those that never change too', async () => {
    const lines = ['id,same,y', ...rows.map((row) => row.replace(/,0\d1,/, ',7,'))];
    const options = { target: 'y', task: 'regression' } as const;
    const error = await rejectionOf(read(lines, options));
    expect(error.message).toContain('at least one column to learn from');
    const { schema, notices } = await read(lines, { ...options, keep: ['id', 'same'] });
    expect([schema.columns.map(({ name }) => name), notices]).toEqual([['id', 'same'], []]);
  });

  test('name the rows where the header does not name them, and are left out', async () => {
    const named = [
      '"a" "b"',
      ...Array.from({ length: 9 }, (_, row) => `"car ${row}" ${row * row} ${row % 2}`),
    ];
    const { schema, notices, columns } = await read(named, { target: 'b' });
    expect(columns).toEqual(['row.names', 'a', 'b']);
    expect(schema.columns.map(({ name }) => name)).toEqual(['a']);
    expect(notices.join()).toContain("name of the row ('row.names') and left out");
  });
});

describe('columns of many categories', () => {
  const shops = Array.from(
    { length: 400 },
    (_, row) => `s${row % 40},r${row},${row % 3},${row % 7}`,
  );
  const lines = ['shop,receipt,code,y', ...shops, 's99,r400,1,2'];

  test('have an input for each text in an autoencoder, which has to restore them', async () => {
    const { schema } = await read(lines, { embedAbove: 9, maxCategories: 41, ignore: ['receipt'] });
    expect(schema.columns[0]).toMatchObject({ name: 'shop', type: 'text' });
  });

  test('are indices, of those that are not rare; texts that all differ are left out', async () => {
    const options = { embedAbove: 9, maxCategories: 20, target: 'y', categorical: ['code'] };
    const { schema, notices, encoded } = await read(lines, options);
    expect(schema.columns).toMatchObject([
      { name: 'shop', type: 'embedded' },
      { name: 'code', type: 'text', categories: ['0', '1', '2'] },
    ]);
    expect(schema.columns[0]).toHaveProperty('categories.length', 40);
    expect(notices.join()).toContain("'receipt' has 401 different texts, none of them in 4 rows");
    expect(embeddedInputsOf(schema)).toEqual([{ name: 'shop', input: 0, levels: 41 }]);
    expect([encoded.columns, encoded.inputs[400 * 4]]).toEqual([4, 0]);
  });

  test('share an input in an autoencoder where they are rarer than as many as have one each', async () => {
    const options = { embedAbove: 9, maxCategories: 11, target: null };
    const { schema, notices, encoded } = await read(lines, options);
    expect(schema.columns.map(({ name }) => name)).toEqual(['shop', 'code', 'y']);
    const [shop] = schema.columns;
    expect(shop).toMatchObject({ type: 'text', others: true, missingCategory: false });
    // Of equally frequent ones the first by their names.
    expect(shop).toHaveProperty('categories.length', 10);
    expect(shop).toHaveProperty('categories.1', 's1');
    expect(encoded.columns).toBe(11 + 2);
    expect([...encoded.inputs.subarray(400 * 13, 400 * 13 + 11)]).toEqual([
      ...Array(10).fill(0),
      1,
    ]);
    expect(notices).toEqual([
      "Column 'shop' has 41 different texts: the most frequent have an input each, all others one in common. `maxCategories` allows more.",
      "Column 'receipt' has 401 different texts, none of them in 4 rows or more: left out.",
    ]);
  });

  test.each(['categorical', 'keep'] as const)(
    'are never left out where the user has named the column with %s',
    async (option) => {
      const months = ['month,y', ...Array.from({ length: 24 }, (_, row) => `m${row % 12},${row}`)];
      const options = { embedAbove: 9, maxCategories: 256, target: 'y' };
      expect(
        (await read([...months, 'm1,3'], { ...options, [option]: ['month'] })).schema.columns,
      ).toMatchObject([{ name: 'month', type: 'text', categories: { length: 12 } }]);
      await expect(read(months, options)).rejects.toThrow(
        /none of them in 4 rows or more: left out/,
      );
      const few = { ...options, maxCategories: 10, [option]: ['month'] };
      await expect(read(months, few)).rejects.toThrow(
        /at most 10 different texts in column 'month'.*`maxCategories`/,
      );
    },
  );

  test('may be codes, and more than one-hot columns may have', async () => {
    const codes = [
      'zip,y',
      ...Array.from({ length: 3000 }, (_, row) => `0${row % 600},${row % 7}`),
    ];
    const options = { embedAbove: 9, maxCategories: 20, target: 'y', categorical: ['zip'] };
    const { schema } = await read(codes, options);
    expect(schema.columns[0]).toHaveProperty('categories.length', 600);
  });
});
