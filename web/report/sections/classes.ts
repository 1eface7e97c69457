import type { ClassesSection, Point } from '../../../lib/report/reportData.js';
import { type LineSeries, lines } from '../charts/lines.js';
import { matrix } from '../charts/matrix.js';
import { element } from '../dom.js';
import { figure } from '../figure.js';
import type { Language } from '../language.js';
import { table } from '../table.js';
import { judgedNote, rowsTable, sentence, sideBySide } from './judgedRows.js';

/** A classifier. */
export function classesSection(section: ClassesSection, language: Language): HTMLElement[] {
  const { texts, fill, number, percent } = language;
  const { classes, accuracy, logLoss, calibrationError } = section;
  const words = texts.classes;
  return [
    judgedNote(section.judged, language),
    sentence(
      fill(words.accuracy, {
        accuracy: percent(accuracy),
        logLoss: number(logLoss),
        calibrationError: percent(calibrationError),
      }),
    ),
    ...confusionFigure(section, language),
    element('h3', {}, words.scores),
    table(
      {
        head: [words.class, words.precision, words.recall, words.f1, words.support],
        rows: classes.map(({ name, precision, recall, f1, support }) => [
          ...[name, precision, recall, f1, support],
        ]),
      },
      words.scores,
      language,
    ),
    sideBySide(
      rankingFigure(section, 'roc', language),
      rankingFigure(section, 'pr', language),
      calibrationFigure(section, language),
    ),
    ...(section.worst.length === 0
      ? [sentence(words.none)]
      : rowsTable(
          words.worst,
          words.worstNote,
          section.worst,
          [
            [words.actual, ({ actual }) => actual],
            [words.predicted, ({ predicted }) => predicted],
            [words.probability, ({ probability }) => probability],
          ],
          language,
        )),
  ];
}

function confusionFigure(
  { classes, confusion }: ClassesSection,
  language: Language,
): HTMLElement[] {
  if (confusion === null) return [];
  const { confusion: title, confusionNote, actual } = language.texts.classes;
  const names = classes.map(({ name }) => name);
  const shown = figure(
    {
      title,
      note: confusionNote,
      draw: (width) => matrix({ names, counts: confusion }, width, language),
      table: {
        head: [actual, ...names],
        rows: names.map((name, row) => [name, ...(confusion[row] ?? [])]),
      },
    },
    language,
  );
  return [shown.root];
}

/** Of two classes, the curve of the second one says all. */
function rankingFigure(
  { classes }: ClassesSection,
  kind: 'roc' | 'pr',
  language: Language,
): HTMLElement | null {
  const { texts, fill, number } = language;
  const words = texts.classes;
  const shown = classes.length === 2 ? classes.slice(1) : classes;
  const all: LineSeries[] = shown.flatMap(({ name, curves }, index) => {
    if (curves === null) return [];
    const area = number(kind === 'roc' ? curves.rocAuc : curves.prAuc);
    const points: readonly Point[] = curves[kind];
    return [
      {
        label: fill(words.area, { name, area }),
        series: `s${index % 8}`,
        isDashed: index >= 8,
        points,
      },
    ];
  });
  if (all.length === 0) return null;
  const [x, y] =
    kind === 'roc' ? [words.falsePositives, words.truePositives] : [words.recall, words.precision];
  return figure(
    {
      title: kind === 'roc' ? words.roc : words.pr,
      legend: all.map(({ label, series, isDashed }) => ({
        ...{ label, series, form: isDashed ? 'dashed' : 'line' },
      })),
      draw: (width) =>
        lines(
          {
            lines: all,
            x: { title: x, domain: [0, 1] },
            y: { title: y, domain: [0, 1] },
            guides: kind === 'roc' ? ['diagonal'] : [],
            ratio: 0.9,
          },
          width,
          language,
        ),
      table: {
        head: [words.class, x, y],
        rows: all.flatMap(({ label, points }) => points.map(([at, value]) => [label, at, value])),
      },
    },
    language,
  ).root;
}

function calibrationFigure({ calibration }: ClassesSection, language: Language): HTMLElement {
  const words = language.texts.classes;
  const used = calibration.filter(({ rows }) => rows > 0);
  return figure(
    {
      title: words.calibration,
      note: words.calibrationNote,
      draw: (width) =>
        lines(
          {
            lines: [
              {
                label: words.true,
                series: 's0',
                points: used.map(({ said, true: share }) => [said, share] as const),
              },
            ],
            x: { title: words.said, domain: [0, 1] },
            y: { title: words.true, domain: [0, 1] },
            guides: ['diagonal'],
            hasDots: true,
            ratio: 0.9,
          },
          width,
          language,
        ),
      table: {
        head: [words.bin, words.said, words.true, words.support],
        rows: used.map(({ from, to, said, true: share, rows }) => [
          `${language.number(from)} – ${language.number(to)}`,
          ...[said, share, rows],
        ]),
      },
    },
    language,
  ).root;
}
