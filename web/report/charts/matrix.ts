import { svg } from '../dom.js';
import type { Drawing, Mark } from '../figure.js';
import type { Language } from '../language.js';
import { shortened } from './shortened.js';

/** A matrix of counts, the darker the larger a share of its row. */
export function matrix(
  {
    names,
    counts,
  }: { readonly names: readonly string[]; readonly counts: readonly (readonly number[])[] },
  width: number,
  language: Language,
): Drawing {
  const { actual, predicted } = language.texts.classes;
  const left = 150;
  const top = 70;
  const cell = Math.max(16, Math.min(72, (width - left - 10) / names.length));
  const hasNumbers = cell >= 30;
  const fullWidth = Math.max(width, left + cell * names.length + 10);
  const height = top + cell * names.length + 10;
  const marks: Mark[] = [];
  const root = svg('svg', {
    ...{ viewBox: `0 0 ${fullWidth} ${height}`, width: fullWidth, height },
    ...{ role: 'img', class: 'chart' },
  });
  root.append(
    svg('text', { x: left, y: 14, class: 'title' }, `${predicted} →`),
    svg('text', { x: 4, y: top - 8, class: 'title' }, `${actual} ↓`),
  );
  for (const [row, name] of names.entries()) {
    const total = (counts[row] ?? []).reduce((sum, count) => sum + count, 0);
    const y = top + row * cell;
    root.append(
      svg(
        'text',
        { x: left - 8, y: y + cell / 2 + 4, 'text-anchor': 'end', class: 'name' },
        shortened(name, 20),
      ),
      svg(
        'text',
        {
          transform: `translate(${left + row * cell + cell / 2} ${top - 8}) rotate(-30)`,
          class: 'name',
        },
        shortened(name, 12),
      ),
    );
    for (const [column, other] of names.entries()) {
      const count = counts[row]?.[column] ?? 0;
      const share = total === 0 ? 0 : count / total;
      const x = left + column * cell;
      root.append(
        svg('rect', {
          ...{ x: x + 1, y: y + 1, width: cell - 2, height: cell - 2, class: 'cell' },
          // Text has to be read on it in both schemes: it never becomes as strong as the lines of charts.
          'fill-opacity': 0.04 + 0.4 * share,
        }),
      );
      if (hasNumbers) {
        const attributes = { x: x + cell / 2, y: y + cell / 2 + 4, 'text-anchor': 'middle' };
        const strong = row === column ? 'strong' : 'name';
        root.append(svg('text', { ...attributes, class: strong }, language.count(count)));
      }
      marks.push({
        ...{ x: x + cell / 2, y: y + cell / 2 },
        text: `${actual} ${name}, ${predicted} ${other}: ${language.count(count)} (${language.percent(share)})`,
      });
    }
  }
  return { root, marks };
}
