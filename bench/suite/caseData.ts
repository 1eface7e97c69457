import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Card } from '../cards.js';
import { type DenseParameters, denseParameters } from '../common/parameters.js';
import { Random } from '../common/random.js';

/**
 * Writes the data of a card: rows that a network can learn something from, and its first weights, the
 * same for every framework. See common/protocol.ts for the files.
 */
export function writeCaseData(card: Card, directory: string): void {
  mkdirSync(directory, { recursive: true });
  const write = (name: string, values: Float32Array | Int32Array) =>
    writeFileSync(path.join(directory, name), values);
  const random = new Random(1);
  const { inputs, classes } = clusters(card, random);
  write('inputs.f32', inputs);
  if (card.targets === 'classes') write('targets.i32', classes);
  if (card.targets === 'matrix') write('targets.f32', smoothTargets(card, inputs));
  for (const dense of denseParameters(card)) {
    write(`${dense.module}.weight.f32`, firstWeights(dense, random));
  }
}

const clusterCount = 10;

/** Rows in [0, 1] around ten centres; the centre is the class. */
function clusters(card: Card, random: Random): { inputs: Float32Array; classes: Int32Array } {
  const columns = card.inputs;
  const centres = Float32Array.from({ length: clusterCount * columns }, () => random.uniform());
  const inputs = new Float32Array(card.rows * columns);
  const classes = new Int32Array(card.rows);
  for (let row = 0; row < card.rows; row += 1) {
    const cluster = random.integer(clusterCount);
    classes[row] = cluster;
    for (let column = 0; column < columns; column += 1) {
      const centre = centres[cluster * columns + column] as number;
      inputs[row * columns + column] = 0.3 * centre + 0.7 * random.uniform();
    }
  }
  return { inputs, classes };
}

/** Each output follows two of the inputs. */
function smoothTargets(card: Card, inputs: Float32Array): Float32Array {
  const columns = card.inputs;
  const outputs = card.layers.at(-1)?.units ?? 0;
  const targets = new Float32Array(card.rows * outputs);
  for (let row = 0; row < card.rows; row += 1) {
    for (let output = 0; output < outputs; output += 1) {
      const first = inputs[row * columns + (output % columns)] as number;
      const second = inputs[row * columns + ((output * 7 + 3) % columns)] as number;
      targets[row * outputs + output] = first - 0.5 * second;
    }
  }
  return targets;
}

/** He for relu, Glorot otherwise: (outputs, inputs). */
function firstWeights(dense: DenseParameters, random: Random): Float32Array {
  const { inputs, outputs } = dense;
  const deviation = Math.sqrt(dense.activation === 'relu' ? 2 / inputs : 2 / (inputs + outputs));
  return Float32Array.from({ length: inputs * outputs }, () => random.normal() * deviation);
}
