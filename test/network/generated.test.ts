import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  activation,
  activityPenalty,
  alphaDropout,
  batchNorm,
  contractivePenalty,
  dense,
  dropout,
  embedding,
  gaussianNoise,
  gaussianSampling,
  type LayerSpec,
  layerNorm,
  maskingNoise,
  maxout,
  prelu,
  residual,
  saltAndPepperNoise,
  scaling,
  swapNoise,
} from '../../lib/index.js';
import { native } from '../../lib/native.js';
import {
  activationTable,
  initializerTable,
  layerTable,
  limits,
  lossTable,
  metricTable,
  optimizerTable,
  scheduleTable,
} from '../../lib/network/generated.js';
import { type Layer, layerNames, moduleCount, sizeBehind } from '../../lib/network/layers/index.js';
import { normaliseNetwork } from '../../lib/network/network.js';

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe('the generated file', () => {
  const core = native().describe();

  test('holds the tables of the core', () => {
    const { options: _, ...tables } = core; // the rows of options are compared where they are
    expect({
      activations: activationTable,
      losses: lossTable,
      optimizers: optimizerTable,
      schedules: scheduleTable,
      initializers: initializerTable,
      metrics: metricTable,
      layers: layerTable,
      limits,
    }).toEqual(tables);
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

  const networks: Record<string, { inputSize: number; layers: readonly Layer[] }> = {
    'a stack of layers that learn': {
      inputSize: 5,
      layers: [
        dense(4, { activation: 'relu' }),
        dense(3, { bias: false }),
        batchNorm(),
        prelu(),
        prelu({ shared: false }),
        maxout(3, { pieces: 4 }),
        activation('tanh'),
        layerNorm(),
        layerNorm({ scale: false }),
        layerNorm({ shift: false }),
        layerNorm({ scale: false, shift: false }),
        activation('linear'),
        dense(2, { activation: 'softmax' }),
      ],
    },
    'residual blocks': {
      inputSize: 7,
      layers: [
        residual([dense(3, { activation: 'relu' }), batchNorm(), dense(7)]),
        residual([residual([dense(4)], { projection: true }), layerNorm()], { projection: true }),
      ],
    },
    'ties, a code that is drawn, and penalties': {
      inputSize: 6,
      layers: [
        dense(4, { activation: 'sigmoid' }),
        contractivePenalty({ weight: 0.1 }),
        activityPenalty({ l1: 0.01 }),
        dense(6, { tiedTo: 0 }),
        dense(4, { bias: false }),
        dense(6, { tiedTo: 4, bias: false }),
        gaussianSampling(),
        dense(2, { kernelPenalty: { l2: 0.01 }, biasPenalty: { l1: 0.01 }, maxNorm: 2 }),
      ],
    },
    'all kinds of noise': {
      inputSize: 3,
      layers: [
        maskingNoise(),
        gaussianNoise(),
        saltAndPepperNoise(),
        swapNoise(),
        dropout(),
        dense(3),
        alphaDropout(),
      ],
    },
    embeddings: {
      inputSize: 3,
      layers: [
        embedding({
          columns: [
            { input: 2, levels: 4, units: 3 },
            { input: 0, levels: 2, units: 1 },
          ],
          dropToUnknown: 0.1,
          penalty: { l2: 0.01 },
        }),
        scaling({ learningRateFactor: 6 }),
        dense(2, { parametrisation: 'ntk', learningRateFactor: { bias: 0.1 } }),
      ],
    },
    'heads, with ties and blocks within': {
      inputSize: 5,
      layers: [
        dense(4, { activation: 'relu' }),
        {
          type: 'heads',
          heads: {
            digit: [dense(6), dropout(), dense(4, { tiedTo: 0 }), dense(3)],
            size: [residual([dense(4), prelu()]), dense(1)],
            whole: dense(2),
          },
        },
      ],
    },
  };

  const typesIn = (layers: readonly LayerSpec[]): LayerSpec['type'][] =>
    layers.flatMap((layer) => [
      layer.type,
      ...(layer.type === 'residual' ? typesIn(layer.layers) : []),
      ...(layer.type === 'heads' ? Object.values(layer.heads).flatMap(typesIn) : []),
    ]);

  test.each(Object.entries(networks))(
    'count the modules and find the sizes as the core does: %s',
    (_, input) => {
      const spec = normaliseNetwork(input);
      const network = new (native().Network)(spec);
      for (const { name, layer } of network.parameters()) {
        expect(name.split('.')[0]).toBe(String(moduleCount(spec.layers.slice(0, layer))));
      }
      expect(sizeBehind(spec.layers, spec.inputSize)).toBe(network.outputSize);
      expect(network.layers().map((layer) => layer.type)).toEqual(typesIn(spec.layers));
    },
  );

  test('are all compared with the core', () => {
    const compared = Object.values(networks).flatMap((input) =>
      typesIn(normaliseNetwork(input).layers),
    );
    expect([...new Set(compared)].sort()).toEqual([...layerNames].sort());
  });
});
