import type { TrainingEvent } from '../../model/events.js';
import type { StudyRecord } from '../../search/results/ranking.js';
import { packageVersion } from '../../version.js';
import { curvesOf, type TrainedEpochs } from '../data/curves.js';
import { studyOf } from '../data/study.js';
import { finite } from '../data/thinned.js';
import { studyFacts } from '../facts.js';
import type { Fact, LiveEvent, ReportData, ReportLanguage, Section } from '../reportData.js';
import { GrowingCurve } from './growingCurve.js';
import { LiveServer } from './liveServer.js';

/** What a live page shows, from what a training or a search tells. */

export interface LivePageOptions {
  readonly port: number;
  readonly title: string;
  readonly subject: 'training' | 'search';
  readonly language: ReportLanguage;
  readonly onStop: () => void;
}

/** Between what a page is told and what it is told next, in milliseconds: epochs may be over in less. */
const usualPause = 500;

type Progress = Extract<LiveEvent, { readonly type: 'progress' }>;

export class LivePage {
  readonly #server: LiveServer;
  readonly #options: LivePageOptions;
  readonly #trainings: GrowingCurve[] = [];
  #facts: readonly Fact[] = [];
  #study: StudyRecord | undefined;
  #final: ReportData | undefined;
  #isRunning = true;
  #timer: NodeJS.Timeout | undefined;
  #progress: Progress | undefined;
  /** What has changed since it was told. */
  readonly #changed = new Set<'curves' | 'study'>();

  private constructor(options: LivePageOptions, server: LiveServer) {
    this.#options = options;
    this.#server = server;
  }

  /** @throws as `LiveServer.open` */
  static async open(options: LivePageOptions): Promise<LivePage> {
    let page: LivePage | undefined;
    const server = await LiveServer.open({
      port: options.port,
      current: () => (page as LivePage).#report(),
      onStop: options.onStop,
    });
    page = new LivePage(options, server);
    return page;
  }

  get url(): string {
    return this.#server.url;
  }

  setFacts(facts: readonly Fact[]): void {
    this.#facts = facts;
    if (this.#server.hasViewers) this.#server.tell({ type: 'report', report: this.#report() });
  }

  /** A network begins to train, the first or another one. */
  begin(training: Pick<TrainedEpochs, 'member' | 'refit'> = {}): void {
    this.#trainings.push(new GrowingCurve(training));
  }

  event(event: TrainingEvent): void {
    if (event.type === 'epoch') {
      if (this.#trainings.length === 0) this.begin();
      const { epoch, loss, metrics, validation, learningRate } = event;
      this.#trainings.at(-1)?.add({ epoch, loss, metrics, validation, learningRate });
      const { epochs, rowsPerSecond } = event;
      this.#progress = progressOf({ epoch, epochs, share: 1, loss, rowsPerSecond });
      this.#change('curves');
    } else if (event.type === 'progress') {
      const { epoch, batch, batches, loss, rowsPerSecond } = event;
      const share = batch / batches;
      this.#progress = progressOf({ epoch, epochs: null, share, loss, rowsPerSecond });
      this.#change();
    }
  }

  study(study: StudyRecord): void {
    this.#study = study;
    this.#change('study');
  }

  /** What there is to see at the end, in place of what was shown. */
  finish(report: ReportData): void {
    this.#final = report;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isRunning = false;
    await this.#server.close();
  }

  /** Made at most so often, and for nobody not at all: a training does not wait for who looks at it. */
  #change(type?: 'curves' | 'study'): void {
    if (type !== undefined) this.#changed.add(type);
    if (this.#timer !== undefined || !this.#server.hasViewers) return;
    this.#timer = setTimeout(() => this.#tellChanged(), usualPause);
    this.#timer.unref();
  }

  #tellChanged(): void {
    this.#timer = undefined;
    for (const type of this.#changed) {
      const section = type === 'curves' ? this.#curves() : this.#studySection();
      if (section !== null) this.#server.tell({ type: 'section', section });
    }
    this.#changed.clear();
    if (this.#progress !== undefined) this.#server.tell(this.#progress);
    this.#progress = undefined;
  }

  #curves(): Section | null {
    return curvesOf(this.#trainings.map((training) => training.epochs()));
  }

  #studySection(): Section | null {
    const study = this.#study;
    if (study === undefined || study.trials.length === 0) return null;
    return studyOf(study, { hasImportance: false });
  }

  #report(): ReportData {
    const { title, subject, language } = this.#options;
    const live = { isRunning: this.#isRunning, canStop: this.#isRunning };
    if (this.#final !== undefined) return { ...this.#final, live };
    const study = this.#study;
    const sections = [this.#studySection(), this.#curves()];
    return {
      ...{ title, subject, language, live },
      version: packageVersion(),
      createdAt: new Date().toISOString(),
      facts: [...(study === undefined ? [] : studyFacts(study)), ...this.#facts],
      sections: sections.filter((section) => section !== null),
    };
  }
}

function progressOf({ loss, rowsPerSecond, ...place }: Omit<Progress, 'type'>): Progress {
  return {
    ...{ type: 'progress', ...place },
    loss: finite(loss),
    rowsPerSecond: finite(rowsPerSecond),
  };
}
