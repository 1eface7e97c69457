import type { AnomaliesSection, BlamedColumn, FoundRows } from '../../../lib/report/reportData.js';
import { bars, barsTable } from '../charts/bars.js';
import { lines } from '../charts/lines.js';
import { figure } from '../figure.js';
import type { Language } from '../language.js';
import { judgedNote, rowsTable, sentence, sideBySide } from './judgedRows.js';

/** A detector of anomalies. */
export function anomaliesSection(section: AnomaliesSection, language: Language): HTMLElement[] {
  const { texts, fill, number, count, percent } = language;
  const words = texts.anomalies;
  const { meanScore, threshold, anomalies, found, worst } = section;
  const { precision = null, recall = null } = found ?? {};
  const texted = [
    fill(words.mean, { score: number(meanScore) }),
    ...(threshold === null || anomalies === null
      ? []
      : [fill(words.above, { count: count(anomalies), threshold: number(threshold) })]),
    ...(precision === null || recall === null
      ? []
      : [fill(words.found, { precision: percent(precision), recall: percent(recall) })]),
  ];
  return [
    judgedNote(section.judged, language),
    sentence(texted.join(' ')),
    scoresFigure(section, language),
    ...(found?.curves
      ? [sideBySide(rankingFigure(found, 'roc', language), rankingFigure(found, 'pr', language))]
      : []),
    ...rowsTable(
      words.worst,
      null,
      worst,
      [
        [words.score, ({ score }) => score],
        ...(threshold === null
          ? []
          : [
              [
                words.anomaly,
                ({ score }: { score: number }) => (score > threshold ? words.yes : words.no),
              ] as const,
            ]),
        ...(found === null
          ? []
          : [
              [
                words.marked,
                ({ wrong }: { wrong: boolean | null }) => (wrong ? words.yes : words.no),
              ] as const,
            ]),
        [words.blamed, ({ columns }) => columns.map((one) => blameText(one, language)).join('; ')],
      ],
      language,
    ),
  ];
}

function blameText({ name, share, value, expected }: BlamedColumn, language: Language): string {
  const { texts, fill, cell, percent } = language;
  return fill(texts.anomalies.blame, {
    ...{ name, value: cell(value), expected: cell(expected), share: percent(share) },
  });
}

function scoresFigure(
  { scores, threshold, found }: AnomaliesSection,
  language: Language,
): HTMLElement {
  const { texts, fill, count } = language;
  const words = texts.anomalies;
  const sets = [
    { label: words.ordinary, series: 's0 back', histogram: scores },
    ...(found === null
      ? []
      : [
          {
            label: fill(words.wrong, { column: found.column }),
            series: 's7',
            histogram: found.wrongScores,
          },
        ]),
  ];
  return figure(
    {
      title: words.scores,
      note: scores.above > 0 ? fill(words.beyond, { count: count(scores.above) }) : undefined,
      legend:
        sets.length < 2 ? [] : sets.map(({ label, series }) => ({ label, series, form: 'area' })),
      draw: (width) =>
        bars(
          {
            ...{ sets, x: words.score, y: words.rows },
            guide: threshold === null ? undefined : { x: threshold, label: words.threshold },
          },
          width,
          language,
        ),
      table: barsTable(sets, words.score),
    },
    language,
  ).root;
}

function rankingFigure(
  { curves, column }: FoundRows,
  kind: 'roc' | 'pr',
  language: Language,
): HTMLElement | null {
  if (curves === null) return null;
  const { texts, fill, number } = language;
  const words = texts.classes;
  const [x, y] =
    kind === 'roc' ? [words.falsePositives, words.truePositives] : [words.recall, words.precision];
  const area = number(kind === 'roc' ? curves.rocAuc : curves.prAuc);
  const label = fill(words.area, { name: column, area });
  return figure(
    {
      title: kind === 'roc' ? words.roc : words.pr,
      legend: [{ label, series: 's0', form: 'line' }],
      draw: (width) =>
        lines(
          {
            lines: [{ label, series: 's0', points: curves[kind] }],
            x: { title: x, domain: [0, 1] },
            y: { title: y, domain: [0, 1] },
            guides: kind === 'roc' ? ['diagonal'] : [],
            ratio: 0.9,
          },
          width,
          language,
        ),
      table: { head: [x, y], rows: curves[kind] },
    },
    language,
  ).root;
}
