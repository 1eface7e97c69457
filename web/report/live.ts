import type { LiveEvent, ReportData } from '../../lib/report/reportData.js';
import { element } from './dom.js';
import type { Page } from './page.js';

/** A page that is told what happens, and may ask for an end. */
export function follow(page: Page): void {
  const bar = new LiveBar(page);
  document.body.prepend(bar.root);
  bar.show(page.report);
  const events = new EventSource('events');
  events.addEventListener('message', ({ data }) => {
    const event = JSON.parse(String(data)) as LiveEvent;
    if (event.type === 'section') page.showSection(event.section);
    else if (event.type === 'progress') bar.progress(event);
    else {
      page.show(event.report);
      bar.show(event.report);
      // What is over does not come back.
      if (event.report.live?.isRunning === false) events.close();
    }
  });
  events.addEventListener('error', () => bar.lost());
}

class LiveBar {
  readonly root: HTMLElement;
  readonly #page: Page;
  readonly #status = element('p', { role: 'status' });
  readonly #button: HTMLButtonElement;
  #epochs = 0;
  #isOver = false;

  constructor(page: Page) {
    this.#page = page;
    const { texts } = page.language;
    this.#button = element('button', { type: 'button' }, texts.live.stop);
    this.#button.addEventListener('click', () => this.#ask());
    this.root = element('div', { class: 'live' }, this.#status, this.#button);
  }

  show({ live }: ReportData): void {
    const words = this.#page.language.texts.live;
    this.#isOver = live?.isRunning === false;
    this.#status.textContent = this.#isOver ? words.over : words.connected;
    this.#button.hidden = this.#isOver || live?.canStop !== true;
  }

  progress({
    epoch,
    epochs,
    share,
    loss,
    rowsPerSecond,
  }: Extract<LiveEvent, { type: 'progress' }>): void {
    this.#epochs = epochs ?? this.#epochs;
    const { texts, fill, number, percent, count } = this.#page.language;
    this.#status.textContent = fill(texts.live.running, {
      epoch: count(epoch),
      epochs: this.#epochs === 0 ? '?' : count(this.#epochs),
      share: percent(share),
      loss: number(loss),
      speed: number(rowsPerSecond),
    });
  }

  lost(): void {
    if (this.#isOver) return;
    this.#status.textContent = this.#page.language.texts.live.lost;
  }

  /** Asks whoever has pressed the button whether that is meant. */
  #ask(): void {
    const { texts } = this.#page.language;
    const words = texts.live;
    const question = this.#page.report.subject === 'search' ? words.askSearch : words.ask;
    const yes = element('button', { type: 'button' }, words.yes);
    const no = element('button', { type: 'button' }, words.no);
    const dialog = element(
      'dialog',
      { 'aria-labelledby': 'stop-question' },
      element(
        'form',
        { method: 'dialog' },
        element('h2', { id: 'stop-question' }, question),
        element('p', {}, words.askNote),
        ...[yes, no],
      ),
    );
    const close = () => {
      dialog.close();
      dialog.remove();
    };
    no.addEventListener('click', close);
    yes.addEventListener('click', () => {
      close();
      void this.#stop();
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  }

  async #stop(): Promise<void> {
    const { texts, fill } = this.#page.language;
    this.#button.disabled = true;
    try {
      const { ok, status } = await fetch('stop', { method: 'POST' });
      if (!ok) throw new Error(String(status));
      this.#status.textContent = texts.live.stopping;
    } catch (error) {
      this.#button.disabled = false;
      const reason = error instanceof Error ? error.message : String(error);
      this.#status.textContent = fill(texts.live.refused, { reason });
    }
  }
}
