import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import {
  ArgumentError,
  type Autoencoder,
  autoencoder,
  dense,
  FileFormatError,
  load,
  type MultiOutput,
  multiOutput,
  type Sequential,
  sequential,
} from '../lib/index.js';
import type { TableModel } from '../lib/tables/index.js';

const models = {
  sequential: sequential([dense(1)], { inputSize: 2 }),
  multiOutput: multiOutput([], { size: [dense(1)], kind: [dense(2)] }, { inputSize: 2 }),
  autoencoder: autoencoder({ inputSize: 3, code: 1 }),
} as const;
const kinds = ['sequential', 'multiOutput', 'autoencoder'] as const;

let folder = '';
const fileOf = (kind: keyof typeof models) => path.join(folder, `${kind}.safetensors`);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'layerwise-load-'));
  for (const kind of kinds) await models[kind].save(fileOf(kind));
});

afterAll(() => rm(folder, { recursive: true }));

describe('a model is loaded', () => {
  test.each(kinds)('as %s where it is one', async (kind) => {
    const model = await load(fileOf(kind), kind);
    expect(model.kind).toBe(kind);
    expect(model.spec).toEqual(models[kind].spec);
    expect((await load(fileOf(kind))).kind).toBe(kind);
    expect((await load(fileOf(kind), undefined)).kind).toBe(kind);
  });

  test.each(kinds)('not as %s where it is another', async (kind) => {
    for (const other of kinds.filter((name) => name !== kind)) {
      const loading = load(fileOf(other), kind);
      await expect(loading).rejects.toThrow(FileFormatError);
      await expect(loading).rejects.toMatchObject({
        path: fileOf(other),
        expected: `a model of the kind '${kind}'`,
        received: `one of the kind '${other}'`,
        remedy: `Take load(path, '${other}'), or the file of another model.`,
      });
    }
  });

  test('not as a kind that there is not', async () => {
    const loading = load(fileOf('sequential'), 'sequentiel' as 'sequential');
    await expect(loading).rejects.toThrow(ArgumentError);
    await expect(loading).rejects.toMatchObject({
      path: 'kind',
      expected: 'one of the kinds of models sequential, multiOutput, autoencoder and table',
      received: '"sequentiel"',
      remedy: "Did you mean 'sequential'?",
    });
    await expect(load(fileOf('sequential'), null as never)).rejects.toThrow(ArgumentError);
  });

  test('with the type of its kind', () => {
    const loading = () => ({
      any: load('m'),
      table: load('m', 'table'),
      sequential: load('m', 'sequential'),
      multiOutput: load('m', 'multiOutput'),
      autoencoder: load('m', 'autoencoder'),
    });
    expectTypeOf(loading).returns.toEqualTypeOf<{
      any: Promise<Sequential | MultiOutput | Autoencoder | TableModel>;
      table: Promise<TableModel>;
      sequential: Promise<Sequential>;
      multiOutput: Promise<MultiOutput>;
      autoencoder: Promise<Autoencoder>;
    }>();
  });
});
