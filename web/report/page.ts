import type { Fact, ReportData, Section } from '../../lib/report/reportData.js';
import { element } from './dom.js';
import { type Language, languageOf } from './language.js';
import { headingOf, sectionContent } from './sections/sections.js';

/** The whole page, from what it is to show. */
export class Page {
  readonly #root: HTMLElement;
  #report: ReportData;

  constructor(root: HTMLElement, report: ReportData) {
    this.#root = root;
    this.#report = report;
  }

  get language(): Language {
    return languageOf(this.#report.language);
  }

  get report(): ReportData {
    return this.#report;
  }

  show(report: ReportData = this.#report): void {
    this.#report = report;
    const { language } = this;
    const { sections } = report;
    document.title = report.title;
    this.#root.replaceChildren(
      header(report, language),
      ...(sections.length > 1 ? [contents(sections, language)] : []),
      ...(sections.length === 0 ? [element('p', {}, language.texts.nothing)] : []),
      ...sections.map((section) => shownSection(section, language)),
      element(
        'footer',
        {},
        language.fill(language.texts.madeBy, {
          version: report.version,
          time: language.time(report.createdAt),
        }),
      ),
    );
  }

  /** Puts a section in place of the one of its kind, and leaves the others as they are. */
  showSection(section: Section): void {
    const { sections } = this.#report;
    const isKnown = sections.some(({ type }) => type === section.type);
    const all = isKnown
      ? sections.map((one) => (one.type === section.type ? section : one))
      : [...sections, section];
    this.#report = { ...this.#report, sections: all };
    const shown = this.#root.querySelector(`#${section.type}`);
    if (shown === null) this.show();
    else shown.replaceWith(shownSection(section, this.language));
  }
}

function header({ title, subject, facts }: ReportData, language: Language): HTMLElement {
  const { texts } = language;
  return element(
    'header',
    {},
    element('p', { class: 'subject' }, texts.subjects[subject]),
    element('h1', {}, title),
    element(
      'dl',
      { class: 'facts' },
      ...facts.map((fact) =>
        element(
          'div',
          {},
          element('dt', {}, texts.facts[fact.name]),
          element('dd', {}, factText(fact, language)),
        ),
      ),
    ),
  );
}

/** Those that the library has words for, and not the caller. */
const wordFacts: readonly Fact['name'][] = ['task', 'stopReason', 'direction'];

function factText({ name, value }: Fact, { texts, cell, count }: Language): string {
  if (typeof value === 'string')
    return wordFacts.includes(name) ? (texts.words[value] ?? value) : value;
  return value !== null && Number.isInteger(value) ? count(value) : cell(value);
}

function contents(sections: readonly Section[], language: Language): HTMLElement {
  return element(
    'nav',
    { 'aria-label': language.texts.contents },
    element(
      'ul',
      {},
      ...sections.map((section) =>
        element('li', {}, element('a', { href: `#${section.type}` }, headingOf(section, language))),
      ),
    ),
  );
}

function shownSection(section: Section, language: Language): HTMLElement {
  const id = `${section.type}-heading`;
  return element(
    'section',
    { id: section.type, 'aria-labelledby': id },
    element('h2', { id }, headingOf(section, language)),
    ...sectionContent(section, language),
  );
}
