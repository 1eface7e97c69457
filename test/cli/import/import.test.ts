import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { load } from '../../../lib/index.js';
import { root } from '../../examples/compile.js';
import { jsonLines, layerwise } from '../process.js';
import { Workspace } from '../samples.js';

/** `layerwise import`, of a model that TensorFlow.js has written. */

const folder = join(root, 'test/fixtures/tensorflow-js/trained');
const source = join(folder, 'model.json');

let work: Workspace;
beforeAll(async () => {
  work = await Workspace.create();
});
afterAll(() => work.remove());

test('writes a model that programs load, and says what it is', async () => {
  const out = work.path('m.safetensors');
  const { code, stdout, stderr } = await layerwise(['import', source, out]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Imported .*model\.json to .*m\.safetensors/s);
  expect(stdout).toContain('2 layers, 4 inputs, 3 outputs');
  const answers = JSON.parse(await readFile(join(folder, 'answers.json'), 'utf8'));
  const { values } = (await load(out, 'sequential')).predictSync(answers.inputs);
  for (const [index, value] of answers.outputs.flat().entries()) {
    expect(values[index]).toBeCloseTo(value, 5);
  }
});

test('as JSON says how the model was trained', async () => {
  const out = work.path('json.safetensors');
  const { stdout } = await layerwise(['import', source, out, '--json']);
  expect(jsonLines(stdout)).toMatchObject([
    {
      ...{ type: 'imported', model: source, path: out, inputs: 4, outputs: 3, layers: 2 },
      training: { loss: { type: 'crossEntropy' }, optimizer: { type: 'adam' } },
      notes: [],
    },
  ]);
});

test('of another file is an error with its place, and writes nothing', async () => {
  const given = await work.write(
    'model.json',
    '{"modelTopology":{"class_name":"Net"},"weightsManifest":[]}',
  );
  const outcome = await layerwise(['import', given, work.path('none.safetensors')]);
  expect(outcome.code).not.toBe(0);
  expect(outcome.stderr).toContain('modelTopology.class_name: expected a model');
  await expect(load(work.path('none.safetensors'))).rejects.toThrow('a file that can be read');
});
