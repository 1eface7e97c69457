import type { ImportanceSection } from '../../../lib/report/reportData.js';
import { ranks } from '../charts/ranks.js';
import { figure } from '../figure.js';
import type { Language } from '../language.js';
import { judgedNote } from './judgedRows.js';

/** More bars do not make a chart. */
const mostBars = 30;

/** What the columns are worth to the model. */
export function importanceSection(section: ImportanceSection, language: Language): HTMLElement[] {
  const words = language.texts.importance;
  const all = section.columns.map(({ name, importance, spread }) => ({
    ...{ name, value: importance, spread },
  }));
  return [
    judgedNote(section.judged, language),
    figure(
      {
        title: words.importance,
        note: words.note,
        draw: (width) => ranks(all.slice(0, mostBars), words.importance, width, language),
        table: {
          head: [words.column, words.importance, words.spread],
          rows: all.map(({ name, value, spread }) => [name, value, spread]),
        },
      },
      language,
    ).root,
  ];
}
