import type { JudgedRows, ShownRow } from '../../../lib/report/reportData.js';
import { element } from '../dom.js';
import type { Language } from '../language.js';
import { table } from '../table.js';

/** Which rows the numbers are of. */
export function judgedNote({ rows, from, file }: JudgedRows, language: Language): HTMLElement {
  const { texts, fill, count } = language;
  const note = from === 'file' && file === null ? texts.judged.given : texts.judged[from];
  return element('p', {}, fill(note, { rows: count(rows), file: file ?? '' }));
}

/** Sentences of a section. */
export function sentence(text: string): HTMLElement {
  return element('p', {}, text);
}

/** Charts side by side where there is room. */
export function sideBySide(...figures: readonly (HTMLElement | null)[]): HTMLElement {
  return element('div', { class: 'charts' }, ...figures);
}

/** Rows with all that they hold, behind what is to be said of each. */
export function rowsTable<Row extends ShownRow>(
  title: string,
  note: string | null,
  rows: readonly Row[],
  told: readonly (readonly [name: string, of: (row: Row) => string | number | null])[],
  language: Language,
): HTMLElement[] {
  if (rows.length === 0) return [];
  const { texts } = language;
  const names = [...new Set(rows.flatMap(({ values }) => values.map(({ name }) => name)))];
  const content = {
    head: [texts.classes.row, ...told.map(([name]) => name), ...names],
    rows: rows.map((row) => {
      const values = new Map(row.values.map(({ name, value }) => [name, value]));
      return [
        row.place,
        ...told.map(([, of]) => of(row)),
        ...names.map((name) => values.get(name) ?? null),
      ];
    }),
  };
  return [
    element('h3', {}, title),
    ...(note === null ? [] : [element('p', { class: 'note' }, note)]),
    table(content, title, language),
  ];
}
