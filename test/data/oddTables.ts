import type { CsvOptions } from '../../lib/data/csv.js';
import type { SurveyOptions } from '../../lib/data/table.js';

/**
 * Tables as people and programs write them, well and badly. What becomes of each is kept in
 * oddTables.expected.txt: whoever reads tables faster reads these the same.
 */
export interface OddTable {
  readonly name: string;
  readonly data: string | Uint8Array;
  readonly options?: CsvOptions & Partial<SurveyOptions>;
}

const rows = (count: number, row: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => row(index)).join('');

/** Numbers with a class behind them, and among the numbers what the test is about. */
const numbers = (...fields: string[]): string =>
  `x,y,label\n${fields.map((field, index) => `${field},${index % 3},${index % 2 ? 'b' : 'a'}\n`).join('')}`;

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

export const oddTables: readonly OddTable[] = [
  // Lines.
  { name: 'an empty file', data: '' },
  { name: 'a header alone', data: 'a,b\n' },
  { name: 'no line end behind the last row', data: 'a,b\n1,2\n3,4' },
  { name: 'Windows line ends', data: 'a,b\r\n1,2\r\n3,4\r\n' },
  { name: 'no line end behind the last of Windows', data: 'a,b\r\n1,2\r\n3,4\r' },
  { name: 'line ends of old Macintoshes', data: 'a,b\r1,2\r3,4\r' },
  { name: 'line ends of three kinds', data: 'a,b\n1,2\r\n3,4\r5,6\n7,8\n' },
  { name: 'two returns before a line end', data: 'a,b\n1,2\r\r\n3,4\n' },
  { name: 'blank lines', data: '\n\na,b\n\n1,2\n \t \n\r\n3,4\n\n\n' },
  { name: 'a line of a no-break space', data: 'a,b\n1,2\n\u00a0\n3,4\n' },
  { name: 'rows of delimiters alone', data: 'a,b\n1,2\n,\n , \n3,4\n,\u3000\n' },
  { name: 'a first field that is empty', data: 'a,b\n,2\n ,3\n4,\n,\u00e9\n' },
  { name: 'one column with blank lines', data: 'a\n1\n\n2\n  \n3\n', options: { delimiter: ',' } },
  {
    name: 'one column of spaces of Unicode',
    data: 'a\n1\n\u2003\n2\n',
    options: { delimiter: ',' },
  },
  // Widths.
  { name: 'short rows', data: 'a,b,c\n1,2,3\n4,5\n6\n7,8,9\n' },
  { name: 'a row that is too wide', data: 'a,b\n1,2\n3,4,5\n6,7\n' },
  {
    name: 'wide rows left out',
    data: 'a,b\n1,2\n3,4,5\n6,7\n8,9,,0\n',
    options: { skipBadLines: true },
  },
  { name: 'delimiters behind all rows', data: 'a,b\n1,2,\n3,4,,\n5,6, \n' },
  { name: 'names of rows as R writes them', data: 'a b\nr1 1 2\nr2 3 4\nr3 5 6\n' },
  { name: 'names of rows with commas', data: 'a,b\nr1,1,2\nr2,3,4\nr3,5,6\n' },
  { name: 'names that are empty', data: 'a,,\n1,2,3\n4,5,6\n' },
  { name: 'names that stand twice', data: 'a,b,a\n1,2,3\n' },
  { name: 'no header', data: '1,2\n3,4\n', options: { header: false } },
  { name: 'a header of numbers', data: '1,2\n3,4\n' },
  // Quotes.
  { name: 'quoted fields', data: '"a","b"\n"1","x"\n"2","y"\n3,z\n' },
  { name: 'quotes within quotes', data: 'a,b\n1,"say ""hi"""\n2,""""\n3,""""""\n4,""\n' },
  { name: 'delimiters in quotes', data: 'a,b\n1,"x,y"\n2,","\n3,",,"\n' },
  { name: 'line ends in quotes', data: 'a,b\n1,"x\ny"\n2,"\n\n"\n3,"x\r\ny"\n4,q\n5,"bad\n' },
  { name: 'a wide row behind line ends in quotes', data: 'a,b\n"1\n1",2\n"\n",3\n4,5,6\n' },
  { name: 'quotes and Windows line ends', data: 'a,b\r\n"1","x"\r\n"2","y\r\nz"\r\n"3","r\r"\r\n' },
  { name: 'blanks around quotes', data: 'a,b\n "1",x\n"2" ,"y" \n3 , "z"\n"4"\t,w\n' },
  { name: 'a tab behind a quote at the end', data: 'a,b\n1,"x"\t\n2,y\n' },
  { name: 'quotes inside of plain fields', data: 'a,b\n1,5" pipe\n2,say "hi", not\n3,x"\n' },
  { name: 'lone quotes inside of plain fields', data: 'a,b\n1,5" pipe\n2,6" pipe\n3,x""y\n' },
  { name: 'text behind a quote', data: 'a,b\n1,2\n3,"x"y\n4,5\n' },
  {
    name: 'text behind a quote left out',
    data: 'a,b\n1,2\n3,"x"y\n4,5\n6,"z" w\n7,8\n',
    options: { skipBadLines: true },
  },
  { name: 'a quote that is never closed', data: 'a,b\n1,2\n3,"x\n4,5\n6,7\n' },
  {
    name: 'an open quote left out',
    data: 'a,b\n1,2\n3,"x\n4,5\n6,7\n',
    options: { skipBadLines: true },
  },
  { name: 'quotes that are empty and first', data: 'a,b\n"",1\n"  ",2\n"",""\n3,""\n' },
  { name: 'a quote at the very end', data: 'a,b\n1,"2"' },
  { name: 'a quoted number', data: numbers('"1.5"', '"-0"', '" 2 "', '"007"', '"1,5"') },
  // Numbers.
  { name: 'signs', data: numbers('+1', '-1', '+-1', '--1', '-', '+', '−1', '-+1') },
  { name: 'minus nothing', data: numbers('-0', '0', '-0.0', '+0', '-.0', '-0e5') },
  { name: 'points', data: numbers('1.', '.5', '-.5', '1..2', '1.2.3', '5.0') },
  { name: 'a point alone', data: numbers('1', '.', '2', '..', '-.') },
  {
    name: 'exponents',
    data: numbers('1e5', '1E+5', '1e-5', '1.5e3', '.5e1', '5.e1', '1e05', '1e-0'),
  },
  { name: 'broken exponents', data: numbers('1e', '1e+', 'e5', '1e5.5', '1e 5', '1 e5') },
  { name: 'numbers beyond a double', data: numbers('1', '1e400', '2') },
  { name: 'numbers below a double', data: numbers('1', '1e-400', '-1e-400', '5e-324', '2e-324') },
  { name: 'the largest double', data: numbers('1.7976931348623157e308', '1', '2') },
  { name: 'infinities', data: numbers('1', 'Infinity', '-Infinity') },
  { name: 'infinities that are missing', data: numbers('1', 'inf', '-inf', '+Inf', '3') },
  {
    name: 'many digits',
    data: numbers(
      '0.1234567890123456',
      '3.141592653589793238',
      '12345678901234567890',
      '0.30000000000000004',
      '9007199254740993',
      '1.00000000000000011102230246251565404',
    ),
  },
  {
    name: 'fifteen and sixteen characters',
    data: numbers(
      '123456789012345',
      '1234567890123456',
      '-12345678901234',
      '-123456789012345',
      '0.1234567890123',
      '0.12345678901234',
      '-0.123456789012',
      '12345678.1234567',
    ),
  },
  {
    name: 'halves between two doubles',
    data: numbers(
      '9007199254740993',
      '9007199254740993.0',
      '4503599627370497.5',
      '4503599627370496.5',
      '9007199254740995e0',
      '0.5000000000000000277555756156289135',
    ),
  },
  { name: 'hexadecimal numbers', data: numbers('0x1f', '0b11', '0o7', '0X1F') },
  { name: 'zeros in front', data: numbers('007', '01', '00', '010') },
  { name: 'zeros in front of fractions', data: numbers('00.5', '01.5', '007.25') },
  {
    name: 'blanks around numbers',
    data: numbers(' 1', '2 ', '\t3\t', '\u00a04', '5\u3000', ' - 6'),
  },
  { name: 'underscores and blanks within', data: numbers('1_000', '1 000', '2 000 000') },
  { name: 'digits of other scripts', data: numbers('１２', '٣', '3') },
  { name: 'a byte-order mark within', data: numbers('\ufeff1', '2', '3') },
  {
    name: 'decimal commas',
    data: 'x;y;label\n1,5;2;a\n-2,5;3;b\n0,25;4;a\n',
    options: { decimal: ',' },
  },
  { name: 'decimal commas that nobody named', data: 'x;y;label\n1,5;2;a\n-2,5;3;b\n0,25;4;a\n' },
  {
    name: 'decimal commas and points',
    data: 'x;y;label\n1.234,5;2.5;a\n2;1.000;b\n3,5;1.5;a\n',
    options: { decimal: ',' },
  },
  { name: 'thousands', data: 'x,y,label\n"1,234.5",1,a\n"12,000",2,b\n7,3,a\n' },
  {
    name: 'thousands with a sign of decimals',
    data: 'x,y,label\n"1,234.5",1,a\n"12,000",2,b\n7,3,a\n',
    options: { decimal: '.' },
  },
  { name: 'thousands with apostrophes', data: numbers("1'234", '2', "12'000.5") },
  { name: 'money and per cent', data: numbers('$5', '€ 7', '12 %', '3%', '$ 1,5') },
  { name: 'per cent in a column', data: numbers('1%', '2 %', '3.5%') },
  { name: 'amounts among numbers', data: numbers('1.5', '$2.5', '3.25', "1'000", '0.1', '7') },
  { name: 'whole numbers that count', data: 'id,y,label\n1,5,a\n2,3,b\n3,4,a\n4,4,b\n5,1,a\n' },
  {
    name: 'numbers that count where targets are missing',
    data: 'id,y,label\n1,5,a\n2,3,\n3,4,a\n4,4,b\n5,1,?\n6,2,b\n',
  },
  // What is missing.
  {
    name: 'words for missing',
    data: numbers('1', 'NA', '', '?', 'n/a', 'null', 'NaN', '-', 'None', '2'),
  },
  {
    name: 'missing words that are numbers',
    data: numbers('1', '-999', '2', '-999', '3'),
    options: { missing: ['-999'] },
  },
  {
    name: 'missing words that are numbers, written otherwise',
    data: numbers('1', '-999.0', '2', '0', '00', '3'),
    options: { missing: ['-999', '0'] },
  },
  {
    name: 'empty fields alone are missing',
    data: numbers('1', '', '2', '3'),
    options: { missing: [''] },
  },
  { name: 'NA among codes', data: 'x,label\n1,DE\n2,NA\n3,FR\n4,NA\n' },
  { name: 'all missing', data: numbers('', '', '') },
  { name: 'no target at all', data: 'x,label\n1,\n2,\n' },
  {
    name: 'a target of numbers',
    data: 'x,label\n1,0.5\n2,1.75\n3,-2e3\n4,1e5\n5,\n6,0.25\n',
    options: { task: 'regression' },
  },
  { name: 'a target with zeros in front', data: 'x,label\n1,01\n2,1\n3,01\n4,1\n' },
  {
    name: 'groups',
    data: 'x,g,label\n1,p,a\n2,q,b\n3,p,a\n4,,b\n5,q,a\n',
    options: { groups: 'g' },
  },
  // Kinds of columns.
  { name: 'true and false', data: 'x,f,label\n1,yes,a\n2,No,b\n3,,a\n4,YES,b\n' },
  { name: 'dates', data: 'x,d,label\n1,2024-01-31,a\n2,2024-02-29,b\n3,,a\n4,2023-12-24,b\n' },
  {
    name: 'codes',
    data: 'x,c,label\n1,10,a\n2,20,b\n3,010,a\n4,10,b\n',
    options: { categorical: ['c'] },
  },
  { name: 'numbers with one word', data: numbers('1', '2', 'three', '4', '5', '6') },
  {
    name: 'a robust scale',
    data: numbers('1', '2', '300', '4.5', ''),
    options: { scale: 'robust' },
  },
  { name: 'bins', data: numbers('1', '2', '3', '4.5', '', '8'), options: { scale: 'piecewise' } },
  // Text.
  { name: 'accents and Hangul', data: 'höhe,도시,label\n1,서울,é\n2,부산,e\u0301\n3,서울,é\n' },
  { name: 'emoji', data: 'x,face,label\n1,😀,a\n2,👍🏽,b\n3,😀,a\n' },
  { name: 'a byte-order mark', data: '\ufeffa,b\n1,2\n3,4\n' },
  {
    name: 'Latin-1',
    data: Buffer.from('a,b\n1,é\n2,ü\n', 'latin1'),
    options: { encoding: 'latin1' },
  },
  { name: 'bytes that are no UTF-8', data: bytes('a,b\n1,2\n3,x', [0xe9], '\n4,5\n') },
  { name: 'a surrogate in UTF-8', data: bytes('a,b\n1,2\n3,', [0xed, 0xa0, 0x80], '\n') },
  { name: 'an overlong character', data: bytes('a,b\n1,2\n3,', [0xc0, 0x80], '\n') },
  {
    name: 'a character beyond Unicode',
    data: bytes('a,b\n1,2\n3,', [0xf4, 0x90, 0x80, 0x80], '\n'),
  },
  { name: 'a character that is cut off', data: bytes('a,b\n1,2\n3,', [0xe2, 0x82]) },
  {
    name: 'a character cut off by a line end',
    data: bytes('a,b\n1,2\n3,', [0xe2, 0x82], '\n4,5\n'),
  },
  { name: 'UTF-16', data: Buffer.from('\ufeffa,b\n1,é\n2,ü\n', 'utf16le') },
  { name: 'a zero byte', data: 'a,b\n1,2\n3,\u0000\n' },
  { name: 'control characters', data: 'a,b\n1,\u0001\n\u0007,2\n\u001f3,\u007f\n\u000b,\u000c\n' },
  {
    name: 'very long fields',
    data: `a,b\n1,${'x'.repeat(3000)}\n2,"${'y,\n'.repeat(900)}"\n3,${'9'.repeat(400)}\n`,
  },
  // Options.
  {
    name: 'comments',
    data: '# of\na,b\n#no,row\n1,2\n3,4#5\n#\n"#6",7\n',
    options: { comment: '#' },
  },
  { name: 'comments in quotes', data: 'a,b\n1,"x\n#y\nz"\n2,w\n', options: { comment: '#' } },
  { name: 'lines to skip', data: 'made by us\n"\n\na,b\n1,2\n3,x"\n', options: { skipLines: 3 } },
  { name: 'a line of Excel', data: 'sep=;\na;b\n1;2\n3;4\n' },
  { name: 'lines before the table', data: 'Report\n\na,b,c\n1,2,3\n4,5,6\n7,8,9\n' },
  { name: 'tabs', data: 'a\tb\n1\t2\n\t\n3\t4 5\n' },
  { name: 'bars', data: 'a|b\n1|2\n3|4,5\n' },
  { name: 'blanks between fields', data: 'a  b\n 1 2\n3   4 \n5\t6\n' },
  { name: 'another delimiter', data: 'a:b\n1:2\n3:"4:5"\n', options: { delimiter: ':' } },
  { name: 'a letter as delimiter', data: 'aeb\n1e2\n3e4\n', options: { delimiter: 'e' } },
  {
    name: 'many rows',
    data: `x,y,z,label\n${rows(300, (index) => `${index / 8},${(index * 37) % 101},${-index}.${index},${'abc'[index % 3]}\n`)}`,
  },
  {
    name: 'many rows and one odd one',
    data: `x,y\n${rows(200, (index) => `${index / 3},"${index}"\n`)}1,2,3\n`,
  },
];
