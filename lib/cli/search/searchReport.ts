import {
  type Importance,
  isComplete,
  type Parameters,
  parameterImportance,
  type Study,
  type Trial,
  topTrials,
} from '../../search/index.js';
import type { Piece } from '../../terminal/printer.js';
import { StatusLine } from '../../terminal/statusLine.js';
import { formatNumber, painted, plural } from '../../terminal/style.js';
import { textTable } from '../../textTable.js';
import type { CliContext } from '../context.js';
import type { SearchOptions } from './searchArguments.js';

/** What `search` tells beside what `train` does. */
export interface SearchReport {
  begins(study: Study): void;
  /** A trial has ended. */
  trial(trial: Trial, study: Study): void;
  results(study: Study): void;
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

  begins({ space, sampler, pruner, seed, trials }: Study): void {
    const names = { sampler: sampler.name, pruner: pruner.name };
    this.#write('search', { ...names, seed, trials: trials.length, space: space.space });
  }

  trial(trial: Trial): void {
    this.#write('trial', trial);
  }

  results(study: Study): void {
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

/** With fewer complete trials the importance of parameters would be a guess. */
const fewestForImportance = 20;

/** Null where there are too few trials. */
function importanceOf({ trials, direction, space }: Study): Importance[] | null {
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

  constructor(options: SearchOptions, context: CliContext) {
    this.#options = options;
    this.#context = context;
    this.#status = new StatusLine(context.stderr);
  }

  begins({ space, trials }: Study): void {
    const { trials: wanted, sampler, pruner, study, folds } = this.#options;
    const names = [...new Set(space.dimensions.map(({ name }) => shortName(name)))].join(', ');
    this.#line(
      painted('bold', 'Search:'),
      ` ${plural(wanted, 'trial')} of ${names}; sampler ${sampler}, pruner ${pruner}` +
        (folds === undefined ? '' : `, ${folds} folds each`),
    );
    if (trials.length > 0) this.#line(`${study} holds ${plural(trials.length, 'trial')} already.`);
  }

  trial(trial: Trial, { best, trials }: Study): void {
    if (this.#status.isShown) {
      const done = trials.filter(({ state }) => state !== 'running').length;
      const value = best ? `  best ${formatNumber(best.value)} (trial ${best.number})` : '';
      this.#status.draw(`trial ${done}/${this.#options.trials}${value}`);
    } else {
      this.#context.stderr.line(
        `trial ${trial.number}  ${this.#outcomeOf(trial)}  ${textOf(trial).join(', ')}`,
      );
    }
  }

  results(study: Study): void {
    const states = (['complete', 'pruned', 'failed'] as const).map((state) => {
      return [state, study.trials.filter((trial) => trial.state === state).length] as const;
    });
    const counts = states.filter(([, count]) => count > 0).map(([state, n]) => `${n} ${state}`);
    this.#line(`Ended ${plural(study.trials.length, 'trial')}: ${counts.join(', ')}. The best:`);
    for (const line of bestTrials(study)) this.#line(line);
    const importance = importanceOf(study);
    if (importance === null) return;
    this.#line('How much of the differences each parameter explains (fANOVA):');
    for (const line of importanceTable(importance)) this.#line(line);
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
    this.#context.stdout.line(...pieces);
  }
}

/**
 * A table of the best trials: number, value, parameters. The learning rates of several optimizers are
 * one column, as a trial has only one of them.
 */
export function bestTrials({ trials, direction, space }: Study): string[] {
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
  return textTable(rows, sides).map((line) => `  ${line}`);
}

/** `learningRate` for `optimizer.adam.learningRate`. */
function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function named(parameters: Parameters, short: string): unknown {
  return Object.entries(parameters).find(([name]) => shortName(name) === short)?.[1];
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
