import { element } from './dom.js';
import type { Language } from './language.js';

/** A table: texts stand to the left, numbers to the right. */
export interface TableContent {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** More rows make a page slow. */
const mostRows = 1000;

export function table(
  { head, rows }: TableContent,
  title: string,
  language: Language,
): HTMLElement {
  const { texts, cell, fill, count } = language;
  const shown = rows.slice(0, mostRows);
  const made = element(
    'table',
    {},
    element('caption', {}, title),
    element(
      'thead',
      {},
      element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name))),
    ),
    element(
      'tbody',
      {},
      ...shown.map((row) =>
        element(
          'tr',
          {},
          ...row.map((value) =>
            element('td', { class: typeof value === 'string' ? null : 'number' }, cell(value)),
          ),
        ),
      ),
    ),
  );
  const note =
    shown.length < rows.length &&
    element(
      'p',
      { class: 'note' },
      fill(texts.shownRows, { shown: count(shown.length), all: count(rows.length) }),
    );
  // It may be wider than the page: those who use keys have to be able to scroll it.
  return element(
    'div',
    {},
    element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title }, made),
    note,
  );
}

/** A table that is opened by whoever wants it. */
export function foldedTable(content: TableContent, title: string, language: Language): HTMLElement {
  const { texts, fill } = language;
  const folded = element(
    'details',
    {},
    element('summary', { 'aria-label': fill(texts.tableOf, { title }) }, texts.table),
  );
  // Made when it is looked at, as there may be many, and large ones.
  folded.addEventListener('toggle', () => folded.append(table(content, title, language)), {
    once: true,
  });
  return folded;
}
