import type { CellRules } from '../cellRules.js';
import type { Cell } from '../cells.js';
import { requireNames } from '../schemaChecks.js';
import type { ColumnEncoder, ColumnKind, Outcome } from './columnKind.js';
import { fewestRowsOfCategory, indicesOf } from './text.js';

/** Columns of many categories, each of which a network learns a vector for. */

/**
 * One input, the index of the category from 1; 0 for one that is not known, or missing. The vector of these is trained by
 * the texts that are rare.
 */
export interface EmbeddedColumn {
  readonly name: string;
  readonly type: 'embedded';
  /** In the order of their code units; those that are rare in training are not among them. */
  readonly categories: readonly string[];
}

export const embeddedKind: ColumnKind<EmbeddedColumn> = {
  type: 'embedded',
  fit({ name, values }) {
    const common = [...(values ?? [])].filter(([, rows]) => rows >= fewestRowsOfCategory);
    return { name, type: 'embedded', categories: common.map(([category]) => category).sort() };
  },
  parse: (name, record, path) => ({
    name,
    type: 'embedded',
    categories: requireNames(record.categories, `${path}.categories`),
  }),
  width: () => 1,
  tellsMissing: () => false,
  encoder: (column, rules) => new IndexEncoder(column, rules),
  decode: ({ categories }, [index = 0]) => categories[Math.round(index) - 1] ?? null,
  // Whatever stands there is known or unknown, and both have a vector.
  refusal: ({ name }, cell) => ({
    expected: `a text in column '${name}'`,
    received: `'${cell ?? ''}'`,
  }),
};

class IndexEncoder implements ColumnEncoder {
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #isMissing: CellRules['isMissing'];

  constructor({ categories }: EmbeddedColumn, { isMissing }: CellRules) {
    this.#indexOf = indicesOf(categories);
    this.#isMissing = isMissing;
  }

  encode(cell: Cell, inputs: Float32Array, at: number): Outcome {
    const index = this.#indexOf.get(typeof cell === 'string' ? cell : String(cell));
    inputs[at] = index === undefined ? 0 : index + 1;
    return index === undefined && !this.#isMissing(cell) ? 'unseen' : 'value';
  }
}
