import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvOptions, openCsv } from '../../lib/data/csv.js';
import { DataError, FileFormatError } from '../../lib/errors.js';
import { chunksOf, rejectionOf } from './chunks.js';

interface Table {
  readonly columns: readonly string[];
  readonly delimiter: string;
  readonly records: readonly string[][];
  readonly lines: readonly number[];
  readonly notices: readonly string[];
}

async function read(
  data: string | Uint8Array,
  options: CsvOptions & { chunkSize?: number } = {},
): Promise<Table> {
  const reader = await openCsv(chunksOf(data, options.chunkSize), 'data.csv', options);
  const records: string[][] = [];
  const lines: number[] = [];
  for await (const batch of reader.batches()) {
    batch.records.forEach((record, index) => {
      records.push(record);
      lines.push(batch.lineOf(index));
    });
  }
  const { columns, delimiter, report } = reader;
  return { columns, delimiter, records, lines, notices: report.notices() };
}

function quoted(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}

describe('openCsv', () => {
  test('reads the header and the records with their lines', async () => {
    expect(await read('a,b\n1,2\n3,4\n')).toEqual({
      columns: ['a', 'b'],
      delimiter: ',',
      records: [
        ['1', '2'],
        ['3', '4'],
      ],
      lines: [2, 3],
      notices: [],
    });
  });

  test.each([
    ['no line end at the end', 'a,b\n1,2'],
    ['Windows line ends', 'a,b\r\n1,2\r\n'],
    ['old Macintosh line ends', 'a,b\r1,2\r'],
    ['mixed line ends', 'a,b\r\n1,2\n'],
    ['a byte-order mark', '\ufeffa,b\n1,2\n'],
    ['blank lines', '\n\na,b\n\n1,2\n  \n\n'],
    ['quotes', '"a","b"\n"1","2"\n'],
    ['quotes and Windows line ends', '"a","b"\r\n"1","2"\r\n'],
    ['blanks around names', ' a , b\n1,2\n'],
  ])('reads %s', async (_, text) => {
    const table = await read(text);
    expect(table.columns).toEqual(['a', 'b']);
    expect(table.records).toEqual([['1', '2']]);
  });

  test('reads UTF-16 with a byte-order mark', async () => {
    const bytes = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from('ä\tb\n1\t2\n', 'utf16le'),
    ]);
    const table = await read(bytes, { chunkSize: 3, sampleSize: 6 });
    expect(table.columns).toEqual(['ä', 'b']);
    expect(table.delimiter).toBe('\t');
  });

  test.each(['utf-16le', 'utf-16be'])(
    'says what to do with %s without a mark',
    async (encoding) => {
      const bytes = Buffer.from('a,b\n1,2\n3,4\n', 'utf16le');
      const data = encoding === 'utf-16be' ? bytes.swap16() : bytes;
      expect((await rejectionOf(read(data))).message).toContain(`Give \`encoding: "${encoding}"\``);
      expect((await read(data, { encoding })).columns).toEqual(['a', 'b']);
    },
  );

  test('reads Korean in chunks that cut its characters', async () => {
    const bytes = Buffer.from([0x8c, 0x63, 0x2c, 0xb0, 0xa1, 0x0a, 0x31, 0x2c, 0x32]);
    const table = await read(bytes, { encoding: 'cp949', chunkSize: 1, sampleSize: 2 });
    expect(table.columns).toEqual(['\ub620', '\uac00']);
  });

  test('reads another encoding when it is named', async () => {
    const table = await read(Buffer.from('stra\u00dfe,b\nx,y\n', 'latin1'), {
      encoding: 'windows-1252',
    });
    expect(table.columns).toEqual(['straße', 'b']);
  });

  test.each([
    [';', 'a;b;c\n1,5;2,5;3,5\n'],
    ['\t', 'a\tb c, d\n1\t2\n'],
    ['|', 'a|b\n1|2\n'],
    [',', 'only\n1\n2\n'],
    [',', '"x;y;z",b\n1,2\n'],
    [';', '"T, °C";"p, hPa"\n20,5;1013,2\n'],
    [';', 'T, °C;p, hPa;v, m/s\n20,5;1013,2;3,1\n-1,5;1.013,2;3,0\n'],
    [';', '20,5;1013,2;3,1\n21,0;1013,4;2,9\n'],
    ['\t', '1,5\t2,5\n3,5\t4,5\n'],
    ['|', '1,5|2,5\n3,5|4,5\n'],
    [',', 'id,tags,y\n1,a;b,2\n2,c;d,3\n'],
    [',', '1,a;b,2\n2,c;d,3\n'],
    [',', 'a,b\n1.5,"2;5"\n2.5,"3;5"\n'],
  ])('finds the delimiter %j', async (delimiter, text) => {
    expect((await read(text)).delimiter).toBe(delimiter);
  });

  test('names the columns of a file without header', async () => {
    const table = await read('1,2\n3,4\n', { header: false });
    expect(table.columns).toEqual(['column1', 'column2']);
    expect(table.records).toHaveLength(2);
    expect(table.lines).toEqual([1, 2]);
  });

  test('lets a name stand twice that is not used', async () => {
    const text = 'id,x,id\n1,2,3\n';
    const reader = await openCsv(chunksOf(text), 'data.csv', { isUsed: (name) => name !== 'id' });
    expect(reader.columns).toEqual(['id', 'x', 'id']);
    const error = await rejectionOf(
      openCsv(chunksOf(text), 'data.csv', { isUsed: (name) => name === 'id' }),
    );
    expect(error.message).toMatch(/^data\.csv:1: .* 'id' for the columns 1 and 3\. .*`ignore`/);
  });

  test('takes composed and decomposed names for the same', async () => {
    const error = await rejectionOf(read('\u00e9,b,e\u0301\n1,2,3\n'));
    expect(error.message).toMatch(/for the columns 1 and 3/);
  });

  test('finds repeated names of a wide header in one pass', async () => {
    const names = Array.from({ length: 200_000 }, (_, index) => `c${index}`);
    expect((await read(`${names.join()}\n`)).columns).toHaveLength(200_000);
    expect((await rejectionOf(read(`${names.join()},c7\n`))).message).toContain('8 and 200001');
  });

  test('holds no more of a record than its limit, however much comes', async () => {
    let chunks = 0;
    async function* endless() {
      yield Buffer.from('a,b\n1,"');
      const chunk = Buffer.alloc(2 ** 20, 'x');
      for (; ; chunks++) yield chunk;
    }
    const { batches } = await openCsv(endless(), 'data.csv');
    const error = await rejectionOf(batches().next());
    expect(error.message).toMatch(/^data\.csv:2: expected a quoted field to be closed/);
    expect(chunks).toBeLessThanOrEqual(64);
  });

  test('refuses more columns than a network can have', async () => {
    const text = ','.repeat(2 ** 24);
    const error = await rejectionOf(read(text, { delimiter: ',', header: false }));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe('data.csv:1: expected at most 16777216 columns, received 16777217.');
  });

  test('names a column that has no name by its place', async () => {
    expect((await read(',b\n1,2\n')).columns).toEqual(['column1', 'b']);
  });

  test('knows the lines behind quoted line ends and blank lines', async () => {
    const table = await read('a,b\n"1\n1",2\n\n3,"x\n\ny"\n4,5\n');
    expect(table.lines).toEqual([2, 5, 8]);
    expect(table.records[1]).toEqual(['3', 'x\n\ny']);
  });

  test('gives back any fields, whatever the chunks', async () => {
    const field = fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.trim());
    const special = fc.constantFrom('', '"', '""', ',', 'a\nb', ' ', 'x"y', 'ß', '😀', 'a,b');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.oneof(field, special), { minLength: 3, maxLength: 3 }), {
          maxLength: 12,
        }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 20, max: 60 }),
        fc.constantFrom('\n', '\r\n'),
        async (records, chunkSize, sampleSize, newline) => {
          const text = [['a', 'b', 'c'], ...records]
            .map((record) => record.map(quoted).join(','))
            .join(newline);
          const table = await read(text, { chunkSize, delimiter: ',', sampleSize });
          // What holds nothing at all is no row.
          const rows = records.filter((record) => record.some((each) => each.trim() !== ''));
          expect(table.records).toEqual(rows);
        },
      ),
    );
  });

  test('counts lines in any chunks as in one', async () => {
    const text = 'a,b\n"1\n1",2\n\n3,"x\n\ny"\n"4""",5\n\n6,7';
    const whole = await read(text);
    for (let chunkSize = 1; chunkSize < text.length; chunkSize++) {
      expect(await read(text, { chunkSize, sampleSize: 5 })).toEqual(whole);
    }
  });

  test.each([
    ['', 'data.csv: expected a table .*received an empty file'],
    ['\n\n', 'received an empty file'],
    ['a,b\n"x\ny",2\n1,2,3\n', 'data.csv:4: expected 2 fields'],
    ['a,b,a\n1,2,3\n', "data.csv:1: .*received 'a' for the columns 1 and 3"],
    ['a, b;c, d;e\n1,5;2,5;3\n1,5;2,5;3;4\n', 'data.csv:3: expected 3 fields'],
    [
      'a,b\n1,2\n,,3\n',
      'data.csv:3: expected 2 fields, as the first line has, received 3. .*`skipBadLines: true`',
    ],
    ['1,2\n3,4\n', 'data.csv:1: expected the names of the columns.*`header: false`'],
    ['a,b\n1,"2\n3,4\n', 'data.csv:2: expected a quoted field to be closed'],
    ['a,b\n1,2\n"x"y,4\n', 'data.csv:3: .*received more text behind the quote'],
    ['PK\u0003\u0004\u0000\u0000', 'data.csv: .*an Excel workbook.*CSV UTF-8'],
    ['a\u0000b', 'received a binary file'],
  ])('refuses %j', async (text, message) => {
    const error = await rejectionOf(read(text));
    expect(error instanceof DataError || error instanceof FileFormatError).toBe(true);
    expect(error.message).toMatch(new RegExp(message, 's'));
  });

  test('names the line of bytes that are no text', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a,b\n1,2\n3,'),
      Buffer.from([0xff]),
      Buffer.from('\n'),
    ]);
    for (const chunkSize of [4, 8, 100]) {
      const error = await rejectionOf(read(bytes, { chunkSize, sampleSize: 4 }));
      expect(error.message).toMatch(/^data\.csv:3: expected text in the encoding utf-8/);
    }
  });

  test.each<[string, string, CsvOptions, readonly string[]]>([
    [
      'rows of delimiters alone',
      'a;b\n1;2\n;\n3;4\n;\n ; \n',
      {},
      ['3 lines hold empty fields alone, the first of them line 3: they are no rows.'],
    ],
    [
      'one row of delimiters',
      'a;b\n1;2\n3;4\n;;\n',
      {},
      ['Line 4 holds delimiters alone: it is no row.'],
    ],
    ['delimiters behind the last field', 'a,b\n1,2,\n3,4,,\n', {}, []],
    [
      'the separator that Excel names',
      'sep=;\r\na;b\r\n1;2\r\n3;4\r\n',
      {},
      ["The line 'sep=;' before the table is left out."],
    ],
    [
      'comments before the table',
      '# one\n# two, 3, 4\na,b\n1,2\n3,4\n',
      {},
      ["2 lines before the table are left out, the first of them '# one'."],
    ],
    [
      'a title',
      'Category: All categories\n\na\tb\n1\t2\n3\t4\n',
      {},
      ["2 lines before the table are left out, the first of them 'Category: All categories'."],
    ],
    ['lines to be skipped', 'x,y,z\r\n"a\r\na,b\r\n1,2\r\n3,4', { skipLines: 2 }, []],
    ['comments anywhere', '#x\na,b\n1,2\n# it\'s "odd, y\n3,4\n#', { comment: '#' }, []],
    [
      'comments with a longer mark',
      'a,b\n//\n1,2\n/\n//x\n3,4\n',
      { comment: '//', skipBadLines: true },
      ['Line 4 has fewer fields than there are columns: those it lacks are taken as missing.'],
    ],
    [
      'lines that are too wide',
      'a,b\n1,2\n1,2,3\n3,4\n',
      { skipBadLines: true },
      ['1 line is left out, as asked for with `skipBadLines`: line 3 (3 fields, and not 2).'],
    ],
    [
      'text behind a quote',
      'a,b\n1,2\n"x"y,2\n3,4\n',
      { skipBadLines: true },
      [
        '1 line is left out, as asked for with `skipBadLines`: line 3 (a quote that is not closed).',
      ],
    ],
    [
      'a quote within a field',
      'a,b\n1,2\n"x" y",2\n3,4\n',
      { skipBadLines: true },
      [
        '1 line is left out, as asked for with `skipBadLines`: line 3 (text behind a closing quote).',
      ],
    ],
    ['runs of blanks', '  a   b \n1 \t 2\n\n 3\t\t4  \n', {}, []],
  ])('reads %s', async (_, text, options, notices) => {
    const table = await read(text, options);
    const rows = table.records.filter(([first]) => first !== '/');
    expect([table.columns, rows]).toEqual([
      ['a', 'b'],
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ]);
    expect(table.notices).toEqual(notices);
  });

  test('leaves out the line with text behind a quote, and none of those up to the next quote', async () => {
    const filler = Array.from({ length: 1500 }, (_, row) => `${row},1`);
    const lines = ['"x"y,2', ...filler, '"a ""b""\nc"d,2', '5,"q"', '"z"z', '6,"r\ns"', '7,8'];
    for (const [chunkSize, newline] of [
      [7, '\n'],
      [3000, '\r\n'],
      [1_000_000, '\n'],
    ] as const) {
      const text = `a,b\n${lines.join('\n')}\n`.replaceAll('\n', newline);
      const options = { skipBadLines: true, chunkSize, sampleSize: 8 };
      const table = await read(text, options);
      expect(table.records).toHaveLength(1503);
      expect(table.records.slice(0, 1500)).toEqual(filler.map((line) => line.split(',')));
      expect(table.records.slice(1500)).toEqual([
        ['5', 'q'],
        ['6', `r${newline}s`],
        ['7', '8'],
      ]);
      expect(table.lines.slice(1499)).toEqual([1502, 1505, 1507, 1509]);
      expect(table.notices.join()).toMatch(/^3 lines .* line 2 \(.* line 1503 \(.* line 1506 \(/);
    }
  });

  test('fills short rows, and tells of them', async () => {
    const table = await read('a,b,c\n1,2,3\n4\n5,6\n');
    expect(table.records.slice(1)).toEqual([
      ['4', '', ''],
      ['5', '6', ''],
    ]);
    expect(table.notices).toEqual([
      '2 rows have fewer fields than there are columns, the first of them in line 3: those they lack are taken as missing.',
    ]);
  });

  test('names the first five of many bad lines, and counts them', async () => {
    const lines = Array.from({ length: 40 }, (_, row) => (row % 2 ? '1,2' : '1,2,3'));
    const { notices, records } = await read(`a,b\n${lines.join('\n')}`, { skipBadLines: true });
    expect(records).toHaveLength(20);
    expect(notices.join()).toMatch(
      /^20 lines are left out.*: line 2 \(.*, line 10 \(3 fields, and not 2\), 15 more\.$/,
    );
  });

  test('keeps a header that is a comment, and a table of one column', async () => {
    expect((await read('#a,b\n1,2\n3,4\n')).columns).toEqual(['#a', 'b']);
    expect((await read('#ff0000\n#00ff00\n', { header: false })).records).toHaveLength(2);
    const titled = await read('# of 2024\n#a,b\n1,2\n3,4\n');
    expect(titled.columns).toEqual(['#a', 'b']);
    expect((await read('"A\nname",b\n1,2\n3,4\n')).columns).toEqual(['A\nname', 'b']);
  });

  test.each([
    ['blanks', '"a" "b"\n"1" 0 x\n"2" 5 "y z"\n'],
    ['commas', '"a","b"\n"1",0,"x"\n"2",5,"y z"\n'],
  ])('takes a field that the header does not name for that of rows: %s', async (_, text) => {
    const reader = await openCsv(chunksOf(text), 'r.txt', {});
    expect([reader.rowNames, reader.columns]).toEqual(['row.names', ['row.names', 'a', 'b']]);
    for await (const { records } of reader.batches()) expect(records[1]).toEqual(['2', '5', 'y z']);
  });

  test.each([
    [
      ' ',
      '18.0   8   307.0      3504.   70  1\t"chevrolet  malibu"\n15.0   8   350.0      3693.   70  1\t"buick"\n',
    ],
    [' ', ' 1 1 -0.0007 100.0  \n 1 2 0.0019 100.0  \n'],
    [',', '1, 2, 3\n4, 5, 6\n'],
    [',', '2024-01-01 10:00:00,1.5\n2024-01-01 11:00:00,2.5\n'],
    [',', 'John Smith\nJane Doe\n'],
    [';', '1 234,5;2 345,6\n3 456,7;4 567,8\n'],
    ['\t', 'big house\t1\nsmall house\t2\n'],
  ])('finds the delimiter %j of a file without header', async (delimiter, text) => {
    expect((await read(text, { header: false })).delimiter).toBe(delimiter);
  });

  test('keeps what stands in quotes between blanks, whatever the chunks', async () => {
    const text = 'x  name\n1.5   "dark  blue"\n 2.5 \t red \n\n3\n';
    const whole = await read(text, { delimiter: ' ' });
    expect(whole.records).toEqual([
      ['1.5', 'dark  blue'],
      ['2.5', 'red'],
      ['3', ''],
    ]);
    expect(whole.lines).toEqual([2, 3, 5]);
    for (let chunkSize = 1; chunkSize < text.length; chunkSize++) {
      expect(await read(text, { delimiter: ' ', chunkSize, sampleSize: 9 })).toEqual(whole);
    }
  });

  test('counts lines behind what is left out, in any chunks', async () => {
    const text = 'title\n#c\na,b\n#c\n1,2\n,\n#\n"x\n#no\n",4\n5,6\n';
    const options = { skipLines: 1, comment: '#', delimiter: ',' };
    const whole = await read(text, options);
    expect(whole.lines).toEqual([5, 8, 11]);
    for (let chunkSize = 1; chunkSize < text.length; chunkSize++) {
      expect(await read(text, { ...options, chunkSize, sampleSize: 5 })).toEqual(whole);
    }
  });

  test('skips one line where its end comes in two chunks', async () => {
    const table = await read('x\r\na,b\r\n1,2\r\n', {
      skipLines: 1,
      chunkSize: 2,
      sampleSize: 2,
      delimiter: ',',
    });
    expect([table.columns, table.lines]).toEqual([['a', 'b'], [3]]);
    expect((await read('x\ra,b\r1,2\r', { skipLines: 1 })).lines).toEqual([3]);
  });

  test('reads or refuses any bytes, and does nothing else', async () => {
    const piece = fc.constantFrom(
      '"',
      ',',
      ';',
      ' ',
      '\t',
      '\n',
      '\r',
      '#',
      'a',
      '1',
      '""',
      'sep=;',
      '\u0000',
      'é',
    );
    const options = fc.record({
      skipLines: fc.integer({ min: 0, max: 3 }),
      comment: fc.constantFrom(undefined, '#'),
      skipBadLines: fc.boolean(),
      header: fc.boolean(),
      delimiter: fc.constantFrom(undefined, ',', ' '),
    });
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join(''))),
      fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
    );
    await fc.assert(
      fc.asyncProperty(
        bytes,
        options,
        fc.integer({ min: 1, max: 9 }),
        async (data, given, size) => {
          const readAll = read(data, { ...given, chunkSize: size, sampleSize: 8 });
          const table = await readAll.catch((error: unknown) => {
            expect(error instanceof DataError || error instanceof FileFormatError).toBe(true);
            return null;
          });
          if (table === null) return;
          const lines = data.toString('latin1').split(/\r\n|\n|\r/).length;
          for (const record of table.records) expect(record).toHaveLength(table.columns.length);
          for (const line of table.lines) expect(line).toBeLessThanOrEqual(lines);
          expect([...table.lines].sort((one, other) => one - other)).toEqual(table.lines);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('closes the file when the reading is left early', async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from('a,b\n');
        for (;;) yield Buffer.from('1,2\n');
      } finally {
        isClosed = true;
      }
    }
    const reader = await openCsv(endless(), 'data.csv', { sampleSize: 4 });
    for await (const batch of reader.batches()) {
      expect(batch.records).toHaveLength(1);
      break;
    }
    expect(isClosed).toBe(true);
  });
});
