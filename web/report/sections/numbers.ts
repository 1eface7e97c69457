import type { NumbersSection } from '../../../lib/report/reportData.js';
import { bars, barsTable } from '../charts/bars.js';
import { points } from '../charts/points.js';
import { figure } from '../figure.js';
import type { Language } from '../language.js';
import { judgedNote, rowsTable, sentence, sideBySide } from './judgedRows.js';

/** A regressor. */
export function numbersSection(section: NumbersSection, language: Language): HTMLElement[] {
  const { texts, fill, number } = language;
  const words = texts.numbers;
  const { target, r2, rootMeanSquaredError, meanAbsoluteError } = section;
  return [
    judgedNote(section.judged, language),
    sentence(
      fill(words.summary, {
        r2: number(r2),
        root: number(rootMeanSquaredError),
        absolute: number(meanAbsoluteError),
      }),
    ),
    sideBySide(scatterFigure(section, language), residualsFigure(section, language)),
    ...rowsTable(
      words.worst,
      null,
      section.worst,
      [
        [fill(words.actual, { target }), ({ actual }) => actual],
        [fill(words.predicted, { target }), ({ predicted }) => predicted],
        [words.error, ({ actual, predicted }) => predicted - actual],
      ],
      language,
    ),
  ];
}

function scatterFigure({ target, points: all }: NumbersSection, language: Language): HTMLElement {
  const { texts, fill, number } = language;
  const words = texts.numbers;
  const actual = fill(words.actual, { target });
  const predicted = fill(words.predicted, { target });
  const shown = all.map(([x, y]) => ({
    ...{ x, y, series: 's0' },
    text: `${actual} ${number(x)}, ${predicted} ${number(y)}`,
  }));
  return figure(
    {
      title: words.scatter,
      note: words.scatterNote,
      draw: (width) =>
        points(
          {
            points: shown,
            x: { title: actual },
            y: { title: predicted },
            isSquare: true,
            ratio: 0.9,
          },
          width,
          language,
        ),
      table: { head: [actual, predicted], rows: all },
    },
    language,
  ).root;
}

function residualsFigure({ residuals }: NumbersSection, language: Language): HTMLElement {
  const words = language.texts.numbers;
  const sets = [{ label: words.rows, series: 's0', histogram: residuals }];
  return figure(
    {
      title: words.residuals,
      draw: (width) =>
        bars(
          { sets, x: words.residual, y: words.rows, guide: { x: 0, label: '0' }, ratio: 0.9 },
          width,
          language,
        ),
      table: barsTable(sets, words.residual),
    },
    language,
  ).root;
}
