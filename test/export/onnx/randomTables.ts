import type { FeatureColumn, TableSchema, TargetColumn } from '../../../lib/data/tableSchema.js';
import { encodedWidth, inputColumnsOf } from '../../../lib/data/tableSchema.js';
import { autoencoder, dense, type Sequential, sequential } from '../../../lib/index.js';
import { RandomStream } from '../../../lib/random.js';
import type { Intervals } from '../../../lib/tables/intervals.js';
import { TableModel } from '../../../lib/tables/tableModel.js';

/** Models of tables with columns of all kinds, drawn by a seed, and rows for them. */

/** A value as a program of ours gives it, and as one that runs the file does. */
interface Drawn {
  readonly cell: string | number | null;
  readonly raw: string | number;
}

type Draw = (random: RandomStream) => Drawn;

/** A column, and what its values are drawn from. */
interface DrawnColumn {
  readonly column: FeatureColumn;
  readonly draw: Draw;
}

const missingText: readonly Drawn[] = [
  { cell: null, raw: '' },
  { cell: '', raw: '' },
  { cell: 'n/A', raw: 'n/A' },
  { cell: '#NULL!', raw: '#NULL!' },
];

const missingNumber: readonly Drawn[] = [
  { cell: null, raw: Number.NaN },
  { cell: 'NA', raw: Number.NaN },
  { cell: 'inf', raw: Number.POSITIVE_INFINITY },
];

function oneOf<Item>(random: RandomStream, items: readonly Item[]): Item {
  return items[random.below(items.length)] as Item;
}

function textOf(texts: readonly string[]): Draw {
  return (random) => {
    if (random.below(6) === 0) return oneOf(random, missingText);
    const text = oneOf(random, texts);
    return { cell: random.below(3) === 0 ? ` ${text} ` : text, raw: text };
  };
}

function numberAround(mean: number, deviation: number): Draw {
  return (random) => {
    if (random.below(6) === 0) return oneOf(random, missingNumber);
    const value = mean + deviation * Math.round(20 * random.normal()) * 0.1;
    return { cell: random.below(2) === 0 ? value : String(value), raw: value };
  };
}

/** With a time of day, before and after 1970 and around the ends of months. */
function anyDate(random: RandomStream): Drawn {
  if (random.below(6) === 0) return oneOf(random, missingNumber.slice(0, 2));
  const minutes = Math.round((random.uniform() - 0.3) * 5e7);
  const day = oneOf(random, [minutes * 60_000, Date.UTC(2024, 1, 29), Date.UTC(2023, 11, 31, 23)]);
  return { cell: new Date(day).toISOString().slice(0, 16), raw: day };
}

const spreads = [
  { mean: 12, deviation: 3 },
  // As single precision could not tell its values apart.
  { mean: 1_700_000_000, deviation: 40 },
];

const scalings = [
  undefined,
  { type: 'robust', center: 11, scale: 4 },
  { type: 'quantile', quantiles: [4, 8, 9, 9, 9, 12, 12.5, 14, 20] },
  { type: 'piecewise', edges: [2, 6, 9, 12, 13, 25] },
  { type: 'none' },
] as const;

function anyNumber(name: string, random: RandomStream, scaling: (typeof scalings)[number]) {
  const spread =
    scaling === undefined
      ? oneOf(random, spreads)
      : (spreads[0] as { mean: number; deviation: number });
  const column: FeatureColumn = {
    ...{ name, type: 'number', ...spread, missingIndicator: random.below(2) === 0 },
    ...(scaling && { scaling }),
  };
  return { column, draw: numberAround(spread.mean, spread.deviation) };
}

const towns = ['Seoul', 'München', '부산', 'a,b', '1', 'na', 'São Paulo'];

function drawnColumns(random: RandomStream): readonly DrawnColumn[] {
  const coin = (): boolean => random.below(2) === 0;
  const others = coin() ? ({ others: true } as const) : {};
  const texts = textOf([...towns, 'unheard of']);
  return [
    ...scalings.map((scaling, at) => anyNumber(`number ${at}`, random, scaling)),
    {
      column: {
        ...{ name: 'town', type: 'text', categories: towns.slice(0, 5), ...others },
        missingCategory: coin(),
      },
      draw: texts,
    },
    // A category that is also one of the words for missing values.
    {
      column: { name: 'prediction', type: 'text', categories: ['na', 'x'], missingCategory: true },
      draw: textOf(['na', 'x', 'NA']),
    },
    {
      column: { name: 'on', type: 'boolean', words: ['No', 'Yes'], missingIndicator: coin() },
      draw: textOf(['yes', 'NO', 'True', 'f', 'maybe']),
    },
    {
      column: {
        ...{ name: '', type: 'date', format: 'YYYY-MM-DD', mean: 19_000, deviation: 900 },
        ...{ hasTime: true, parts: ['month', 'weekday', 'hour'], missingIndicator: coin() },
      },
      draw: anyDate,
    },
    { column: { name: 'street', type: 'embedded', categories: towns.slice(0, 4) }, draw: texts },
  ];
}

/** A model and rows for it, as both sides take them. */
export interface DrawnTable {
  readonly model: TableModel;
  readonly rows: readonly (readonly Drawn['cell'][])[];
  /** The columns of the file by their names. */
  readonly columns: Readonly<Record<string, readonly string[] | Float64Array>>;
}

const rowCount = 60;
export const kindsOfTables = ['classes', 'numbers', 'autoencoder'] as const;
export type KindOfTable = (typeof kindsOfTables)[number];

export function drawnTable(seed: number, kind: KindOfTable): DrawnTable {
  const random = new RandomStream(seed, 6);
  const drawn = drawnColumns(random);
  const schema: TableSchema = {
    ...{ kind: 'table', header: true },
    columns: drawn.map(({ column }) => column),
    target: targets[kind],
  };
  const values = Array.from({ length: rowCount }, () => drawn.map(({ draw }) => draw(random)));
  const columns = drawn.map(({ column }, at) => {
    const raw = values.map((row) => row[at]?.raw ?? '');
    const isNumber = column.type === 'number' || column.type === 'date';
    return [
      column.name || 'column',
      isNumber ? Float64Array.from(raw, Number) : raw.map(String),
    ] as const;
  });
  return {
    model: modelOf(schema, kind, seed),
    rows: values.map((row) => row.map(({ cell }) => cell)),
    columns: Object.fromEntries(columns),
  };
}

const targets: Readonly<Record<KindOfTable, TargetColumn | null>> = {
  classes: { name: 'y', type: 'classes', classes: ['아니오', 'no', 'maybe'], numeric: false },
  numbers: { name: 'y', type: 'number', mean: 120, deviation: 7 },
  autoencoder: null,
};

function modelOf(schema: TableSchema, kind: KindOfTable, seed: number): TableModel {
  const inputSize = encodedWidth(schema);
  if (kind === 'autoencoder') {
    const network = autoencoder({ inputSize, hidden: [9], code: 4, seed });
    network.columns = inputColumnsOf(schema);
    return new TableModel({ schema, networks: [network as never] });
  }
  const network = (at: number): Sequential =>
    sequential(
      [
        dense(8, { activation: 'selu' }),
        kind === 'classes' ? dense(3, { activation: 'softmax' }) : dense(1),
      ],
      { inputSize, seed: 10 * seed + at },
    ) as unknown as Sequential;
  const intervals: Intervals = {
    ...{ coverage: 0.9, widening: 0.2, rows: 40 },
    ...{ lower: [network(3), network(4)], upper: [network(5)] },
  };
  const networks = [network(1), network(2)].slice(0, 1 + (seed % 2));
  return new TableModel({ schema, networks, ...(kind === 'numbers' && { intervals }) });
}
