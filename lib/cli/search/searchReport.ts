import { cutToWidth, displayWidth } from '../../displayText.js';
import {
  type Importance,
  isComplete,
  type Parameters,
  parameterImportance,
  type Study,
  type StudyEvent,
  type Trial,
  topTrials,
} from '../../search/index.js';
import type { Piece } from '../../terminal/printer.js';
import { StatusLine } from '../../terminal/statusLine.js';
import { formatNumber, painted, plural } from '../../terminal/style.js';
import { textTable } from '../../textTable.js';
import type { CliContext } from '../context.js';
import { foldedTable } from '../terminal/foldedTable.js';
import type { SearchOptions } from './searchArguments.js';
import { SearchProgress, searchLine } from './searchProgress.js';
import type { AnyStudy } from './searchStudy.js';

/** What the tables are made of. */
type StudyTrials = Pick<Study, 'trials' | 'direction' | 'space'>;

/** What `search` tells beside what `train` does. */
export interface SearchReport {
  begins(study: AnyStudy): void;
  /** Something happens to a trial. */
  event(event: StudyEvent): void;
  /** A trial has ended. */
  trial(trial: Trial, study: AnyStudy): void;
  results(study: AnyStudy): void;
  /** What the user should know, in sentences. */
  note(text: string): void;
  /** Makes room for an error. */
  clear(): void;
}

/** One object per line on standard output. */
export class JsonSearchReport implements SearchReport {
  readonly #stdout: CliContext['stdout'];

  constructor({ stdout }: CliContext) {
    this.#stdout = stdout;
  }

  begins({ space, sampler, pruner, seed, trials }: AnyStudy): void {
    const names = { sampler: sampler.name, pruner: pruner.name };
    this.#write('search', { ...names, seed, trials: trials.length, space: space.space });
  }

  event(): void {}

  trial(trial: Trial): void {
    this.#write('trial', trial);
  }

  results(study: AnyStudy): void {
    const { best } = study;
    if (best) this.#write('best', best);
    const importance = importanceOf(study);
    if (importance !== null) this.#write('importance', { parameters: importance });
  }

  note(message: string): void {
    this.#write('note', { message });
  }

  clear(): void {}

  #write(type: string, fields: object): void {
    this.#stdout.json({ type, ...fields });
  }
}

const mostShown = 10;

/** Up to so many trials each leave a line on a terminal. */
const mostTrialLines = 30;

/** Milliseconds between two drawings of the status: eyes are not faster. */
const drawInterval = 100;

const margin = '  ';

/** With fewer complete trials the importance of parameters would be a guess. */
const fewestForImportance = 20;

/** Null where there are too few trials. */
function importanceOf({ trials, direction, space }: StudyTrials): Importance[] | null {
  if (trials.filter(isComplete).length < fewestForImportance) return null;
  return parameterImportance({ trials, direction, space });
}

/** Those that explain a hundredth or more. */
function importanceTable(importance: readonly Importance[]): string[] {
  const rows = importance
    .filter((one) => one.importance >= 0.01)
    .slice(0, mostShown)
    .map((one) => [one.parameters.join(' and '), `${Math.round(100 * one.importance)} %`]);
  return textTable([['parameter', 'share'], ...rows], ['left', 'right']).map((line) => `  ${line}`);
}

/** Sentences on standard output; the trials on standard error, as a line that is redrawn or a log. */
export class TextSearchReport implements SearchReport {
  readonly #options: SearchOptions;
  readonly #context: CliContext;
  readonly #status: StatusLine;
  #study: AnyStudy | undefined;
  #progress: SearchProgress | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(options: SearchOptions, context: CliContext) {
    this.#options = options;
    this.#context = context;
    this.#status = new StatusLine(context.stderr);
  }

  begins(begun: AnyStudy): void {
    const { space, trials } = begun;
    this.#study = begun;
    const { trials: wanted, sampler, pruner, study, folds, epochs, timeLimit } = this.#options;
    const names = [...new Set(space.dimensions.map(({ name }) => shortName(name)))].join(', ');
    this.#line(
      painted('bold', 'Search:'),
      ` ${plural(wanted, 'trial')} of ${names}; sampler ${sampler}, pruner ${pruner}` +
        (folds === undefined ? '' : `, ${folds} folds each`),
    );
    if (trials.length > 0) this.#line(`${study} holds ${plural(trials.length, 'trial')} already.`);
    if (this.#showsBestAlone) {
      this.#line(`Of ${plural(wanted, 'trial')}, those are shown that are the best so far.`);
    }
    this.#progress = new SearchProgress({
      wanted,
      steps: folds ?? epochs ?? 1,
      timeLimit: timeLimit ?? Number.POSITIVE_INFINITY,
    });
  }

  event(event: StudyEvent): void {
    // A study tells of itself before it is run.
    if (this.#study === undefined || this.#progress === undefined) return;
    this.#progress.take(event);
    const now = performance.now();
    if (!this.#status.isShown || now - this.#drawnAt < drawInterval) return;
    this.#drawnAt = now;
    const { trials, best } = this.#study;
    this.#status.draw(searchLine(this.#progress.state(trials, best), this.#status.width));
  }

  trial(trial: Trial, { best }: AnyStudy): void {
    if (this.#showsBestAlone && best?.number !== trial.number) return;
    const head = `trial ${trial.number}  ${this.#outcomeOf(trial)}  `;
    const width = this.#status.isShown ? this.#status.width : Number.POSITIVE_INFINITY;
    this.#status.clear();
    const line = `${head}${listWithin(textOf(trial), width - head.length)}`;
    this.#context.stderr.line(cutToWidth(line, width));
    // The status comes back with the next event.
    this.#drawnAt = Number.NEGATIVE_INFINITY;
  }

  /** On a terminal, where many trials would push what is above them out of sight; a log has all. */
  get #showsBestAlone(): boolean {
    return this.#status.isShown && this.#options.trials > mostTrialLines;
  }

  results(study: AnyStudy): void {
    const states = (['complete', 'pruned', 'failed'] as const).map((state) => {
      return [state, study.trials.filter((trial) => trial.state === state).length] as const;
    });
    const counts = states.filter(([, count]) => count > 0).map(([state, n]) => `${n} ${state}`);
    this.#line(`Ended ${plural(study.trials.length, 'trial')}: ${counts.join(', ')}. The best:`);
    const { stdout } = this.#context;
    for (const line of bestTrials(study, stdout.lineWidth)) stdout.line(line);
    const importance = importanceOf(study);
    if (importance === null) return;
    this.#line('How much of the differences each parameter explains (fANOVA):');
    for (const line of importanceTable(importance)) stdout.line(line);
  }

  note(text: string): void {
    this.#line(painted('yellow', 'Note:'), ` ${text}`);
  }

  clear(): void {
    this.#status.clear();
  }

  #outcomeOf({ state, value, reports, error }: Trial): string {
    if (state === 'complete' && value !== null) return `loss ${formatNumber(value)}`;
    const unit = this.#options.folds === undefined ? 'epoch' : 'fold';
    if (state === 'pruned') return `pruned after ${plural(reports.length, unit)}`;
    // The first sentence says what; the others are advice.
    return `failed: ${error?.split('. ')[0]}`;
  }

  #line(...pieces: readonly Piece[]): void {
    this.#status.clear();
    this.#context.stdout.paragraph(...pieces);
  }
}

/**
 * A table of the best trials: number, value, parameters. The learning rates of several optimizers are
 * one column, as a trial has only one of them.
 */
export function bestTrials(
  { trials, direction, space }: StudyTrials,
  width = Number.POSITIVE_INFINITY,
): string[] {
  const best = topTrials({ trials, direction }, mostShown);
  const active = space.dimensions
    .map(({ name }) => name)
    .filter((name) => best.some(({ parameters }) => Object.hasOwn(parameters, name)));
  const names = [...new Set(active.map(shortName))];
  const rows = [
    ['trial', 'loss', ...names],
    ...best.map(({ number, value, parameters }) => [
      String(number),
      formatNumber(value),
      ...names.map((name) => valueText(named(parameters, name))),
    ]),
  ];
  const sides = (rows[0] ?? []).map((): 'left' => 'left');
  // Each table says whose values they are, and how good that was.
  const lines = foldedTable(rows, sides, width - margin.length, 2);
  return lines.map((line) => (line === '' ? '' : `${margin}${line}`));
}

/** `learningRate` for `optimizer.adam.learningRate`. */
function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function named(parameters: Parameters, short: string): unknown {
  return Object.entries(parameters).find(([name]) => shortName(name) === short)?.[1];
}

/** The first of them that find room. */
function listWithin(texts: readonly string[], width: number): string {
  const whole = texts.join(', ');
  if (displayWidth(whole) <= width) return whole;
  const end = ', ...';
  let shown = '';
  for (const text of texts) {
    const longer = shown === '' ? text : `${shown}, ${text}`;
    if (displayWidth(longer) + end.length > width) break;
    shown = longer;
  }
  return shown === '' ? '' : `${shown}${end}`;
}

function textOf({ parameters }: Trial): string[] {
  return Object.entries(parameters).map(
    ([name, value]) => `${shortName(name)} ${valueText(value)}`,
  );
}

function valueText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
