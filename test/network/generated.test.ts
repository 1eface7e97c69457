import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  activation,
  alphaDropout,
  batchNorm,
  dense,
  dropout,
  type LayerSpec,
  layerNorm,
  maxout,
  prelu,
  residual,
} from '../../lib/index.js';
import { native } from '../../lib/native.js';
import {
  activationTable,
  initializerTable,
  layerTable,
  lossTable,
  metricTable,
  optimizerTable,
} from '../../lib/network/generated.js';
import { layerNames } from '../../lib/network/layers/index.js';
import { normaliseNetwork, tensorShapesOf } from '../../lib/network/network.js';

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe('the generated file', () => {
  const core = native().describe();

  test('holds the tables of the core', () => {
    expect(activationTable).toEqual(core.activations);
    expect(lossTable).toEqual(core.losses);
    expect(optimizerTable).toEqual(core.optimizers);
    expect(initializerTable).toEqual(core.initializers);
    expect(layerTable).toEqual(core.layers);
    expect(metricTable).toEqual(core.metrics);
  });

  test.each(['generate-spec.mjs', 'generate-docs.mjs'])(
    'is what %s writes, as is all that it generates',
    (script) => {
      const words = [fileOf(`scripts/${script}`), '--check'];
      const result = spawnSync(process.execPath, words, { encoding: 'utf8' });
      expect(result.stderr).toBe('');
      expect(result.status).toBe(0);
    },
  );

  test('has functions that the package exports', () => {
    const index = readFileSync(fileOf('lib/index.ts'), 'utf8');
    const rows = [...lossTable, ...optimizerTable, ...initializerTable];
    const layers = layerTable.filter((row) => row.parameters.length > 0);
    for (const { name } of [...rows, ...layers])
      expect(index).toMatch(new RegExp(`^  ${name},$`, 'm'));
  });
});

describe('the definitions of layers', () => {
  test('are those that the core knows', () => {
    const names = native()
      .describe()
      .layers.map((row) => row.name);
    expect([...layerNames].sort()).toEqual(names.sort());
  });

  test('name the tensors and find the sizes as the core does', () => {
    const spec = normaliseNetwork({
      inputSize: 5,
      layers: [
        dense(4, { activation: 'relu' }),
        dense(3, { bias: false }),
        batchNorm(),
        prelu(),
        prelu({ shared: false }),
        maxout(3, { pieces: 4 }),
        activation('tanh'),
        dropout(),
        alphaDropout(),
        layerNorm(),
        layerNorm({ scale: false }),
        layerNorm({ shift: false }),
        layerNorm({ scale: false, shift: false }),
        activation('linear'),
        dense(7),
        residual([dense(3, { activation: 'relu' }), batchNorm(), dense(7)]),
        residual([residual([dense(4)], { projection: true }), layerNorm()], { projection: true }),
        dense(2, { activation: 'softmax' }),
      ],
    });
    const network = new (native().Network)(spec);
    const ours = [...tensorShapesOf(spec)].map(([name, shape]) => ({ name, shape: [...shape] }));
    const theirs = network.parameters().map(({ name, shape }) => ({ name, shape: [...shape] }));
    expect(ours).toEqual(theirs);
    expect(network.outputSize).toBe(2);
    const typesOf = (layers: readonly LayerSpec[]): LayerSpec['type'][] =>
      layers.flatMap((layer) => [
        layer.type,
        ...(layer.type === 'residual' ? typesOf(layer.layers) : []),
      ]);
    const types = typesOf(spec.layers);
    expect(network.layers().map((layer) => layer.type)).toEqual(types);
  });
});
