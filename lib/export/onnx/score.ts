import { int, ints } from './attributes.js';
import type { Graph, Value } from './graph.js';
import { columnsOf, concatenated } from './layers.js';

/** How unusual rows are, by how well an autoencoder gives them back: the scores of the model, or of its detector. */

/** A column of the table that the inputs come from. */
export interface ScoredColumn {
  /** Its inputs, from `start` to before `end`. */
  readonly start: number;
  readonly end: number;
  /** Whether the last of them is 1 where the value is missing. */
  readonly tellsMissing: boolean;
}

/** By what rows are scored. */
export interface Scoring {
  /** Side by side, from the first input to the last. */
  readonly columns: readonly ScoredColumn[];
  /** What the squared error of each column usually is; undefined for the mean squared error over the inputs. */
  readonly usualErrors: readonly number[] | undefined;
}

/** Adds the network once more. @param x shape (rows, inputs) */
type AddNetwork = (x: Value) => Value;

/** Of an autoencoder's detector: what is beyond all numbers. */
const largest = 3.4e38;
/** How often what is missing is filled in anew. */
const passes = 3;

/** Adds the scores of rows. @returns shape (rows) */
export function addScore(graph: Graph, x: Value, scoring: Scoring, network: AddNetwork): Value {
  const { usualErrors } = scoring;
  if (usualErrors === undefined) {
    return graph.node('ReduceMean', [squares(graph, x, network(x))], ofRows);
  }
  const errors = columnErrors(graph, filledErrors(graph, x, scoring, network), scoring.columns);
  const relative = graph.node('Div', [errors, graph.floats(usualErrors)]);
  const square = graph.node('Mul', [relative, relative]);
  const score = graph.node('Sqrt', [graph.node('ReduceMean', [square], ofRows)]);
  const isNone = graph.node('IsNaN', [score]);
  const bound = graph.floats([largest]);
  return graph.node('Where', [isNone, bound, graph.node('Min', [score, bound])]);
}

const ofRows = { axes: ints([1]), keepdims: int(0) };

function squares(graph: Graph, x: Value, y: Value): Value {
  const difference = graph.node('Sub', [y, x]);
  return graph.node('Mul', [difference, difference]);
}

/**
 * The squared errors of the inputs. What a row does not say has none: it is filled in with what the network gives for it,
 * until it fits the rest.
 */
function filledErrors(graph: Graph, x: Value, scoring: Scoring, network: AddNetwork): Value {
  const { columns } = scoring;
  if (!columns.some(({ tellsMissing }) => tellsMissing)) return squares(graph, x, network(x));
  const isMissing = missingInputs(graph, x, columns);
  let inputs = x;
  let outputs = network(x);
  for (let pass = 0; pass < passes; pass++) {
    const filling = fillings(graph, inputs, outputs, columns);
    inputs = graph.node('Where', [isMissing, filling, x]);
    outputs = network(inputs);
  }
  return graph.node('Where', [isMissing, graph.floats([0]), squares(graph, inputs, outputs)]);
}

/** Which inputs are those of a missing value. @returns shape (rows, inputs) */
function missingInputs(graph: Graph, x: Value, columns: readonly ScoredColumn[]): Value {
  const indicators = columns.flatMap(({ start, end }) => Array(end - start).fill(end - 1));
  const mayMiss = columns.flatMap(({ start, end, tellsMissing }) =>
    Array(end - start).fill(tellsMissing),
  );
  const told = graph.node('Gather', [x, graph.integers(indicators)], { axis: int(1) });
  const isOne = graph.node('Equal', [told, graph.floats([1])]);
  return graph.node('And', [isOne, graph.booleans(mayMiss, [1, mayMiss.length])]);
}

/** What would stand in the place of each column that may be missing, as the network gives it; the others as they are. */
function fillings(
  graph: Graph,
  inputs: Value,
  outputs: Value,
  columns: readonly ScoredColumn[],
): Value {
  const parts: Value[] = [];
  let from = 0;
  for (const { start, end } of columns.filter(({ tellsMissing }) => tellsMissing)) {
    if (start > from) parts.push(columnsOf(graph, inputs, from, start));
    const given = columnsOf(graph, outputs, start, end - 1);
    const present = columnsOf(graph, inputs, start, end - 1);
    parts.push(
      end - start > 2 ? likeliest(graph, given, end - start - 1) : finite(graph, given, present),
      // It is missing no more.
      graph.node('Mul', [columnsOf(graph, inputs, end - 1, end), graph.floats([0])]),
    );
    from = end;
  }
  const last = columns.at(-1)?.end ?? 0;
  if (from < last) parts.push(columnsOf(graph, inputs, from, last));
  return concatenated(graph, parts);
}

/** 1 for the first of the largest numbers of a row, 0 for the others. */
function likeliest(graph: Graph, shares: Value, count: number): Value {
  const place = graph.node('ArgMax', [shares], { axis: int(1) });
  const numbers = graph.integers([...Array(count).keys()], [1, count]);
  return graph.cast(graph.node('Equal', [place, numbers]), 'float');
}

/** What is no number, or infinite, leaves what was there. */
function finite(graph: Graph, given: Value, present: Value): Value {
  const isNumber = graph.node('Less', [graph.node('Abs', [given]), graph.floats([largest])]);
  return graph.node('Where', [isNumber, given, present]);
}

/** The errors of the inputs of each column, added up. @returns shape (rows, columns) */
function columnErrors(graph: Graph, errors: Value, columns: readonly ScoredColumn[]): Value {
  const sums = runsOf(columns).map(({ start, width, count }) => {
    const end = start + width * count;
    const isAll = start === 0 && end === columns.at(-1)?.end;
    const part = isAll ? errors : columnsOf(graph, errors, start, end);
    if (width === 1) return part;
    const split = graph.node('Reshape', [part, graph.integers([0, count, width])]);
    return graph.node('ReduceSum', [split, graph.integers([2])], { keepdims: int(0) });
  });
  return concatenated(graph, sums);
}

interface Run {
  readonly start: number;
  readonly width: number;
  readonly count: number;
}

/** Columns side by side that take the same number of inputs. */
function runsOf(columns: readonly ScoredColumn[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { start, end } of columns) {
    const width = end - start;
    const last = runs.at(-1);
    if (last?.width === width) runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push({ start, width, count: 1 });
  }
  return runs;
}
