import type { LayerFacts, LayersSection, TensorFacts } from '../../../lib/report/reportData.js';
import { bars, barsTable } from '../charts/bars.js';
import { element } from '../dom.js';
import { figure } from '../figure.js';
import type { Language } from '../language.js';
import { table } from '../table.js';
import { sentence, sideBySide } from './judgedRows.js';

/** What the layers are, and how their weights lie. */
export function layersSection(
  { networks, layers }: LayersSection,
  language: Language,
): HTMLElement[] {
  const { texts, fill, count } = language;
  const words = texts.layers;
  return [
    ...(networks > 1 ? [sentence(fill(words.several, { count: count(networks) }))] : []),
    table(layersTable(layers, language), words.heading, language),
    element('h3', { class: 'apart' }, words.weights),
    sideBySide(
      ...layers.flatMap(({ tensors }) => tensors.map((tensor) => tensorFigure(tensor, language))),
    ),
  ];
}

function layersTable(layers: readonly LayerFacts[], { texts }: Language) {
  const words = texts.layers;
  const measured = (
    ['outputsMean', 'outputsDeviation', 'deadUnits', 'updateRatio'] as const
  ).filter((name) => layers.some((layer) => layer[name] !== null));
  return {
    head: [
      ...[words.layer, words.type, words.activation],
      ...[words.inputs, words.outputs, words.parameters],
      ...measured.map((name) => words[name]),
    ],
    rows: layers.map((layer) => [
      ...[layer.name, layer.type, layer.activation ?? '–'],
      ...[layer.inputs, layer.outputs, layer.parameters],
      ...measured.map((name) => layer[name]),
    ]),
  };
}

function tensorFigure({ name, shape, mean, deviation, values }: TensorFacts, language: Language) {
  const words = language.texts.layers;
  const sets = [{ label: words.count, series: 's0', histogram: values }];
  const { number } = language;
  return figure(
    {
      title: `${name} (${shape.join(' × ')})`,
      note: `${words.mean} ${number(mean)}, ${words.deviation} ${number(deviation)}`,
      draw: (width) =>
        bars({ sets, x: words.weight, y: words.count, ratio: 0.45 }, width, language),
      table: barsTable(sets, words.weight),
    },
    language,
  ).root;
}
