import { element, svg } from './dom.js';
import type { Language } from './language.js';
import { foldedTable, type TableContent } from './table.js';

/** A chart with what belongs to it: a title, a legend, a table, and words for what is pointed at. */

/** A place in a chart that has something to say. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** A chart as it is drawn for a width. */
export interface Drawing {
  readonly root: SVGSVGElement;
  /** In the order in which keys go through them. */
  readonly marks: readonly Mark[];
}

export interface LegendEntry {
  readonly label: string;
  /** A class of the style sheet. */
  readonly series: string;
  readonly form: 'line' | 'dashed' | 'area' | 'dot';
}

export interface FigureContent {
  readonly title: string;
  readonly note?: string | undefined;
  readonly legend?: readonly LegendEntry[];
  readonly draw: (width: number) => Drawing;
  readonly table: TableContent;
  /** Switches that stand beside the title. */
  readonly controls?: readonly HTMLElement[];
  /** Whether two fit beside each other. */
  readonly isSmall?: boolean;
}

/** What draws a chart anew, after a switch was used. */
export interface Figure {
  readonly root: HTMLElement;
  redraw(): void;
}

const widest = 900;
const narrowest = 260;

export function figure(content: FigureContent, language: Language): Figure {
  const { title, note, legend = [], draw, controls = [] } = content;
  const stage = element('div', { class: 'stage' });
  const told = element('p', { class: 'told', 'aria-live': 'polite' });
  let drawn = 0;
  const redraw = (): void => {
    const width = Math.max(narrowest, Math.min(widest, stage.clientWidth || 640));
    drawn = width;
    const drawing = draw(width);
    drawing.root.setAttribute('aria-label', `${title}. ${language.texts.keys}`);
    stage.replaceChildren(drawing.root);
    follow(drawing, told);
  };
  const root = element(
    'figure',
    { class: content.isSmall ? 'small' : null },
    element('figcaption', {}, element('h3', {}, title), ...controls),
    note && element('p', { class: 'note' }, note),
    legend.length > 0 && legendOf(legend),
    stage,
    told,
    foldedTable(content.table, title, language),
  );
  new ResizeObserver(() => {
    const width = Math.max(narrowest, Math.min(widest, stage.clientWidth));
    if (stage.clientWidth > 0 && Math.abs(width - drawn) > 1) redraw();
  }).observe(stage);
  redraw();
  return { root, redraw };
}

function legendOf(entries: readonly LegendEntry[]): HTMLElement {
  return element(
    'ul',
    { class: 'legend' },
    ...entries.map(({ label, series, form }) =>
      element('li', {}, swatch(series, form), element('span', {}, label)),
    ),
  );
}

function swatch(series: string, form: LegendEntry['form']): SVGSVGElement {
  const shape =
    form === 'area'
      ? svg('rect', { x: 2, y: 2, width: 18, height: 8, class: `area ${series}` })
      : form === 'dot'
        ? svg('circle', { cx: 11, cy: 6, r: 4, class: `dot ${series}` })
        : svg('line', { x1: 0, x2: 22, y1: 6, y2: 6, class: `line ${series} ${form}` });
  return svg('svg', { width: 22, height: 12, viewBox: '0 0 22 12', 'aria-hidden': 'true' }, shape);
}

/** Tells of the mark that is pointed at, or that keys have led to. */
function follow({ root, marks }: Drawing, told: HTMLElement): void {
  told.textContent = '';
  if (marks.length === 0) return;
  const ring = svg('circle', { r: 5, class: 'ring', visibility: 'hidden' });
  root.append(ring);
  root.setAttribute('tabindex', '0');
  let current = -1;
  const show = (index: number): void => {
    const mark = marks[index];
    if (mark === undefined) return;
    current = index;
    ring.setAttribute('cx', String(mark.x));
    ring.setAttribute('cy', String(mark.y));
    ring.setAttribute('visibility', 'visible');
    told.textContent = mark.text;
  };
  root.addEventListener('pointermove', (event) => {
    const box = root.getBoundingClientRect();
    const { width, height } = root.viewBox.baseVal;
    const x = ((event.clientX - box.left) / box.width) * width;
    const y = ((event.clientY - box.top) / box.height) * height;
    show(nearest(marks, x, y));
  });
  root.addEventListener('keydown', (event) => {
    const index = steps(current, marks.length)[event.key];
    if (index === undefined) return;
    event.preventDefault();
    show(index);
  });
  root.addEventListener('blur', () => ring.setAttribute('visibility', 'hidden'));
  root.addEventListener('pointerleave', () => ring.setAttribute('visibility', 'hidden'));
}

function steps(current: number, count: number): Readonly<Record<string, number>> {
  const next = Math.min(count - 1, current + 1);
  const previous = Math.max(0, current - 1);
  return {
    ...{ ArrowRight: next, ArrowDown: next, ArrowLeft: previous, ArrowUp: previous },
    ...{ Home: 0, End: count - 1 },
    PageDown: Math.min(count - 1, current + 10),
    PageUp: Math.max(0, current - 10),
  };
}

function nearest(marks: readonly Mark[], x: number, y: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, mark] of marks.entries()) {
    const distance = (mark.x - x) ** 2 + (mark.y - y) ** 2;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}
