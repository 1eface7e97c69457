import { isArray } from '../../builtins.js';
import {
  describeValue,
  remedyFor,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireObject,
  requirePath,
  withDefault,
} from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import { atomicWrite } from '../../io/atomicWrite.js';
import type { History } from '../../model/events.js';
import { curvesOf } from '../data/curves.js';
import { trainingsOf } from '../histories.js';
import { curvesPicture } from './curvesPicture.js';
import { pngOf } from './png.js';

/** Options of `plot`. */
export interface PlotOptions {
  /**
   * What is drawn: the loss, or a metric by its name.
   *
   * @default 'loss'
   */
  readonly measure?: string | undefined;
  /**
   * Whether the axis of values is logarithmic; what is not above 0 is left out then.
   *
   * @default false
   */
  readonly log?: boolean | undefined;
  /**
   * Above the curves.
   *
   * @default none
   */
  readonly title?: string | undefined;
  /**
   * In pixels, from 200 to 10,000.
   *
   * @default 800
   */
  readonly width?: number | undefined;
  /**
   * In pixels, from 150 to 10,000.
   *
   * @default 450
   */
  readonly height?: number | undefined;
}

/**
 * Draws the curves of a training, without a browser, for programs and the logs of a build.
 *
 * ```ts
 * const history = await model.fit(data, { validation: 0.2 });
 * await plot(history, 'loss.svg');
 * ```
 *
 * @param history What `fit` has given; several trainings as an array.
 * @param path A file whose name ends with `.svg`; or with `.png`, which needs the package `@resvg/resvg-js` beside this one.
 * @throws ArgumentError for another ending, a measure that there is not, and a history without an epoch; StateError without
 * that package; errors of the system.
 */
export async function plot(
  history: History | readonly History[],
  path: string,
  options: PlotOptions = {},
): Promise<void> {
  const isPng = endingOf(requirePath(path)) === 'png';
  const svg = drawn(history, options);
  const bytes = isPng ? await pngOf(svg) : new TextEncoder().encode(svg);
  await atomicWrite(path, [bytes]);
}

function endingOf(path: string): 'svg' | 'png' {
  const [, ending = ''] = /\.(svg|png)$/i.exec(path) ?? [];
  if (ending !== '') return ending.toLowerCase() as 'svg' | 'png';
  throw new ArgumentError({
    path: 'path',
    expected: 'a name that ends with .svg or .png',
    received: `'${path}'`,
  });
}

function drawn(history: History | readonly History[], options: PlotOptions): string {
  const keys = ['measure', 'log', 'title', 'width', 'height'];
  requireKnownKeys(requireObject(options, 'options'), keys, '');
  const curves = curvesOf(trainingsOf(historiesOf(history)));
  if (curves === null) {
    throw new ArgumentError({
      path: 'history',
      expected: 'the history of a training, with one epoch or more',
      received: 'one without an epoch',
    });
  }
  const measure = String(withDefault(options.measure, 'loss'));
  const known = [
    ...new Set(curves.networks.flatMap((one) => one.measures.map(({ name }) => name))),
  ];
  if (!known.includes(measure)) {
    throw new ArgumentError({
      path: 'measure',
      expected: `what was measured: ${known.join(', ')}`,
      received: `'${measure}'`,
      remedy: remedyFor(measure, known),
    });
  }
  const side = (name: 'width' | 'height', usual: number, minimum: number) =>
    requireInteger(withDefault(options[name], usual), name, { minimum, maximum: 10_000 });
  return curvesPicture(curves, {
    measure,
    isLog: requireBoolean(withDefault(options.log, false), 'log'),
    title: options.title === undefined ? undefined : String(options.title),
    width: side('width', 800, 200),
    height: side('height', 450, 150),
  });
}

function historiesOf(history: unknown): readonly History[] {
  const all: readonly unknown[] = isArray(history) ? history : [history];
  for (const [index, one] of all.entries()) {
    const { epochs } = (typeof one === 'object' && one !== null ? one : {}) as Partial<History>;
    if (isArray(epochs)) continue;
    throw new ArgumentError({
      path: isArray(history) ? `history[${index}]` : 'history',
      expected: 'what fit has given: a history with epochs',
      received: describeValue(one),
    });
  }
  return all as readonly History[];
}
