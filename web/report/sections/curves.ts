import type { CurvesSection, NetworkCurves, Value } from '../../../lib/report/reportData.js';
import { type LineSeries, lines } from '../charts/lines.js';
import { element } from '../dom.js';
import { type Figure, figure, type LegendEntry } from '../figure.js';
import type { Language } from '../language.js';

/** One chart for each measure: all networks, training and validation. */
export function curvesSection({ networks }: CurvesSection, language: Language): HTMLElement[] {
  const { texts, fill, count } = language;
  const names = new Set(networks.flatMap(({ measures }) => measures.map(({ name }) => name)));
  const thin = networks.filter(({ epochs, trained }) => epochs.length < trained);
  const notes = thin.map(({ epochs, trained }) =>
    element(
      'p',
      { class: 'note' },
      fill(texts.curves.thinned, { shown: count(epochs.length), all: count(trained) }),
    ),
  );
  const rates = networks.some(({ learningRate }) => new Set(learningRate).size > 1);
  return [
    ...notes.slice(0, 1),
    ...[...names].map((name) => measureFigure(name, networks, language).root),
    ...(rates ? [rateFigure(networks, language).root] : []),
  ];
}

function labelOf({ member, counted, refit }: NetworkCurves, { texts, fill }: Language): string {
  if (refit) return texts.refit;
  return member === null ? '' : fill(texts.numbered[counted], { member });
}

/** A network in a colour of its own; one alone has one for each of its two lines. */
function seriesOf(
  name: string,
  networks: readonly NetworkCurves[],
  language: Language,
): LineSeries[] {
  const { curves } = language.texts;
  return networks.flatMap((network, index) => {
    const measure = network.measures.find((one) => one.name === name);
    if (measure === undefined) return [];
    const own = labelOf(network, language);
    const line = (label: string, values: readonly Value[], series: string, isDashed: boolean) => ({
      label: own === '' ? label : `${own}, ${label}`,
      series,
      isDashed,
      points: network.epochs.map((epoch, at) => [epoch, values[at] ?? null] as const),
    });
    const isAlone = networks.length === 1;
    const training = line(curves.training, measure.training, `s${index % 8}`, false);
    if (measure.validation === null) return [training];
    const series = isAlone ? 's1' : `s${index % 8}`;
    return [training, line(curves.validation, measure.validation, series, true)];
  });
}

function legendOf(all: readonly LineSeries[]): LegendEntry[] {
  return all.map(({ label, series, isDashed }) => ({
    label,
    series,
    form: isDashed ? 'dashed' : 'line',
  }));
}

function measureFigure(
  name: string,
  networks: readonly NetworkCurves[],
  language: Language,
): Figure {
  const { texts } = language;
  const all = seriesOf(name, networks, language);
  const [first] = networks;
  const best = networks.length === 1 ? first?.bestEpoch : null;
  const guides = typeof best === 'number' ? [{ x: best, label: texts.curves.best }] : [];
  const box = element('input', { type: 'checkbox' });
  const shown: Figure = figure(
    {
      title: name,
      legend: legendOf(all),
      controls: canBeLog(all) ? [element('label', { class: 'switch' }, box, texts.logScale)] : [],
      draw: (width) =>
        lines(
          {
            lines: all,
            guides,
            x: { title: texts.curves.epoch, isWhole: true },
            y: { title: name, isLog: box.checked },
          },
          width,
          language,
        ),
      table: tableOf(all, texts.curves.epoch),
    },
    language,
  );
  box.addEventListener('change', () => shown.redraw());
  return shown;
}

function canBeLog(all: readonly LineSeries[]): boolean {
  const values = all.flatMap(({ points }) => points.flatMap(([, value]) => value ?? []));
  return values.length > 0 && values.every((value) => value > 0);
}

function tableOf(all: readonly LineSeries[], epoch: string) {
  const epochs = [...new Set(all.flatMap(({ points }) => points.map(([at]) => at)))].sort(
    (a, b) => a - b,
  );
  const maps = all.map(({ points }) => new Map(points));
  return {
    head: [epoch, ...all.map(({ label }) => label)],
    rows: epochs.map((at) => [at, ...maps.map((map) => map.get(at) ?? null)]),
  };
}

function rateFigure(networks: readonly NetworkCurves[], language: Language): Figure {
  const { texts } = language;
  const all = networks.map((network, index) => ({
    label: labelOf(network, language) || texts.curves.learningRate,
    series: `s${index % 8}`,
    points: network.epochs.map((epoch, at) => [epoch, network.learningRate[at] ?? null] as const),
  }));
  return figure(
    {
      title: texts.curves.learningRate,
      legend: networks.length > 1 ? legendOf(all) : [],
      draw: (width) =>
        lines(
          {
            lines: all,
            x: { title: texts.curves.epoch, isWhole: true },
            y: { title: texts.curves.learningRate },
            ratio: 0.35,
          },
          width,
          language,
        ),
      table: tableOf(all, texts.curves.epoch),
    },
    language,
  );
}
