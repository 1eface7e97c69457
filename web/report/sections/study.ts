import type { StudyParameter, StudySection, StudyTrial } from '../../../lib/report/reportData.js';
import { parallel } from '../charts/parallel.js';
import { points, type ShownPoint } from '../charts/points.js';
import { ranks } from '../charts/ranks.js';
import { timeline } from '../charts/timeline.js';
import { element } from '../dom.js';
import { figure, type LegendEntry } from '../figure.js';
import type { Language } from '../language.js';
import { sideBySide } from './judgedRows.js';

type CompleteTrial = StudyTrial & { readonly value: number };

/** A search. */
export function studySection(section: StudySection, language: Language): HTMLElement[] {
  const complete = section.trials.filter((trial): trial is CompleteTrial => trial.value !== null);
  const { texts } = language;
  const measured =
    complete.length === 0
      ? []
      : [
          historyFigure(section, complete, language),
          parallelFigure(section, complete, language),
          element('h3', {}, texts.study.slices),
          sideBySide(
            ...section.parameters.map((parameter, index) =>
              sliceFigure(parameter, index, complete, language),
            ),
          ),
        ];
  return [...measured, ...importanceFigure(section, language), timelineFigure(section, language)];
}

function trialText({ number, value }: CompleteTrial, { texts, number: text }: Language): string {
  return `${texts.study.trial} ${number}: ${text(value)}`;
}

/** Trials with all that they were given, as every table of a study has them. */
function trialTable({ parameters, trials }: StudySection, { texts }: Language) {
  const words = texts.study;
  return {
    head: [
      words.trial,
      words.state,
      words.value,
      words.last,
      ...parameters.map(({ name }) => name),
    ],
    rows: trials.map(({ number, state, value, last, values }) => [
      ...[number, texts.words[state] ?? state, value, last],
      ...values,
    ]),
  };
}

function historyFigure(
  section: StudySection,
  complete: readonly CompleteTrial[],
  language: Language,
): HTMLElement {
  const words = language.texts.study;
  const isBetter = (value: number, than: number) =>
    section.direction === 'minimize' ? value < than : value > than;
  const steps: [number, number][] = [];
  for (const { number, value } of complete) {
    const best = steps.at(-1)?.[1];
    if (best === undefined || isBetter(value, best)) steps.push([number, value]);
  }
  const shown = complete.map((trial) => ({
    ...{ x: trial.number, y: trial.value, series: 's0' },
    text: trialText(trial, language),
  }));
  return figure(
    {
      title: words.history,
      legend: [
        { label: words.value, series: 's0', form: 'dot' },
        { label: words.best, series: 's1', form: 'line' },
      ],
      draw: (width) =>
        points(
          {
            points: shown,
            steps,
            x: { title: words.trial, isWhole: true },
            y: { title: words.value },
          },
          width,
          language,
        ),
      table: trialTable(section, language),
    },
    language,
  ).root;
}

function parallelFigure(
  section: StudySection,
  complete: readonly CompleteTrial[],
  language: Language,
): HTMLElement {
  const words = language.texts.study;
  const sign = section.direction === 'minimize' ? 1 : -1;
  const order = [...complete].sort((a, b) => sign * (b.value - a.value));
  const shown = order.map((trial, index) => ({
    ...{ text: trialText(trial, language), values: trial.values, value: trial.value },
    rank: order.length < 2 ? 1 : index / (order.length - 1),
  }));
  const { parameters } = section;
  return figure(
    {
      title: words.parallel,
      note: words.parallelNote,
      draw: (width) => parallel({ parameters, lines: shown, value: words.value }, width, language),
      table: trialTable(section, language),
    },
    language,
  ).root;
}

function sliceFigure(
  { name, log, choices }: StudyParameter,
  index: number,
  complete: readonly CompleteTrial[],
  language: Language,
): HTMLElement | null {
  const words = language.texts.study;
  const active = complete.filter(({ values }) => values[index] !== null);
  if (active.length === 0) return null;
  const shown: ShownPoint[] = active.map((trial) => {
    const value = trial.values[index] ?? 0;
    const x = choices === null ? Number(value) : choices.indexOf(String(value)) + 1;
    const text = `${name} ${language.cell(value)}: ${trialText(trial, language)}`;
    return { x, y: trial.value, series: 's0', text };
  });
  const isLog = log && shown.every(({ x }) => x > 0);
  // Words stand on the axis as numbers, and behind them in the title.
  const title = choices === null ? name : choices.map((word, at) => `${at + 1} ${word}`).join(', ');
  return figure(
    {
      title: name,
      draw: (width) =>
        points(
          {
            points: shown,
            x: { title, isLog, isWhole: choices !== null },
            y: { title: words.value },
            ratio: 0.6,
          },
          width,
          language,
        ),
      table: {
        head: [words.trial, name, words.value],
        rows: active.map(({ number, values, value }) => [number, values[index] ?? null, value]),
      },
    },
    language,
  ).root;
}

function importanceFigure({ importance }: StudySection, language: Language): HTMLElement[] {
  if (importance.length === 0) return [];
  const words = language.texts.study;
  const all = importance.map(({ name, importance: value, deviation }) => ({
    ...{ name, value, spread: deviation },
  }));
  const shown = figure(
    {
      title: words.importance,
      note: words.importanceNote,
      draw: (width) => ranks(all, words.share, width, language),
      table: {
        head: [language.texts.importance.column, words.share, words.deviation],
        rows: all.map(({ name, value, spread }) => [name, value, spread]),
      },
    },
    language,
  );
  return [shown.root];
}

const seriesOfState: Readonly<Record<StudyTrial['state'], string>> = {
  ...{ complete: 's0', pruned: 's1', failed: 's7', running: 's2 back' },
};

function timelineFigure({ trials }: StudySection, language: Language): HTMLElement {
  const { texts, number: text } = language;
  const words = texts.study;
  const begin = Math.min(...trials.map(({ startedAt }) => startedAt));
  // One that runs has lasted until now: as far as the page knows, until the last thing that happened.
  const latest = Math.max(...trials.map(({ startedAt, finishedAt }) => finishedAt ?? startedAt));
  const spans = trials.map(({ number, state, startedAt, finishedAt }) => {
    const from = (startedAt - begin) / 1000;
    const to = ((finishedAt ?? latest) - begin) / 1000;
    return {
      ...{ from, to, series: seriesOfState[state] },
      text: `${words.trial} ${number}, ${texts.words[state] ?? state}: ${text(to - from)} ${words.seconds}`,
    };
  });
  const states = [...new Set(trials.map(({ state }) => state))];
  return figure(
    {
      title: words.timeline,
      legend: states.map(
        (state): LegendEntry => ({
          ...{ label: texts.words[state] ?? state, series: seriesOfState[state], form: 'area' },
        }),
      ),
      draw: (width) => timeline(spans, words.time, width, language),
      table: {
        head: [words.trial, words.state, words.start, words.seconds],
        rows: trials.map(({ number, state }, index) => {
          const { from = 0, to = 0 } = spans[index] ?? {};
          return [number, texts.words[state] ?? state, from, to - from];
        }),
      },
    },
    language,
  ).root;
}
