import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { info } from '../../lib/index.js';
import {
  choice,
  float,
  int,
  openStudy,
  randomSampler,
  readStudy,
  variants,
} from '../../lib/search/index.js';
import { layerwise } from '../cli/process.js';
import { libraryModels, scoredModels } from './samples.mjs';

/**
 * What released versions have written is read, and predicts the same bytes. The fixtures of a version
 * are made by make-fixtures.mjs with the package of that version, and never again.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const versions = join(root, 'test/fixtures/versions');
const sets = info().availableInstructionSets;
/** Versions write in a copy; what they were is under version control. */
const scratch = mkdtempSync(join(tmpdir(), 'layerwise-versions-'));
cpSync(versions, scratch, { recursive: true });
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Sets that the machine had on which the fixtures were made. */
const setsOf = (version: string, name: string, extension: string) =>
  sets.filter((set) =>
    readdirSync(join(versions, version)).includes(`${name}.${set}.${extension}`),
  );

async function predictionsOf(model: string, set: string): Promise<unknown> {
  const words = [join(root, 'test/compatibility/predictions.mjs'), root, model];
  const env = { ...process.env, LAYERWISE_ISA: set };
  const { stdout } = await promisify(execFile)(process.execPath, words, { env });
  return JSON.parse(stdout);
}

/** Without the column that is chosen anew: which column fits least is a judgement, not a number. */
function withoutJudgement(csv: string): string[] {
  const lines = csv.split('\n').map((line) => line.split(','));
  const judged = lines[0]?.findIndex((name) => name === 'worst_column' || name === 'worst_pixel');
  const isJudged = judged !== undefined && judged >= 0;
  // Quoted fields hold commas only in front of the judged column, so that it is counted from the end.
  const fromEnd = isJudged ? judged - (lines[0]?.length ?? 0) : Number.NaN;
  return lines.map((fields) =>
    (isJudged && fields.length > 1 ? fields.toSpliced(fromEnd, 1) : fields).join(','),
  );
}

describe.each(readdirSync(versions))('what %s wrote', (version) => {
  const at = (name: string) => join(scratch, version, name);

  test.each(libraryModels)('%s.safetensors predicts the same bytes', async (name) => {
    const known = setsOf(version, name, 'json');
    expect(known).toContain('scalar');
    for (const set of known) {
      const expected: unknown = JSON.parse(readFileSync(at(`${name}.${set}.json`), 'utf8'));
      expect(await predictionsOf(at(`${name}.safetensors`), set)).toEqual(expected);
    }
  });

  const scored = scoredModels.map(({ name, data }) => [name, data] as const);
  test.each(scored)('%s.safetensors scores the same %s', async (name, data) => {
    const known = setsOf(version, name, 'csv');
    expect(known).toContain('scalar');
    for (const set of known) {
      const words = ['predict', at(`${name}.safetensors`), at(data)];
      const { stdout, stderr, code } = await layerwise(words, {
        environment: { LAYERWISE_ISA: set },
      });
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const expected = readFileSync(at(`${name}.${set}.csv`), 'utf8');
      expect(withoutJudgement(stdout)).toEqual(withoutJudgement(expected));
    }
  });

  test('a journal half done is read, and the study goes on', async () => {
    const { trials, best, next } = JSON.parse(readFileSync(at('study.json'), 'utf8'));
    const read = await readStudy(at('study.jsonl'));
    expect(read.trials).toEqual(trials);
    expect(read.best?.number).toBe(best);
    const space = {
      rate: float(1e-4, 0.1, { log: true }),
      layers: int(1, 3),
      optimizer: variants({ adam: {}, sgd: { momentum: float(0, 0.9) } }),
      activation: choice(['relu', 'tanh']),
    };
    const study = await openStudy(at('study.jsonl'), { space, seed: 11, sampler: randomSampler() });
    try {
      expect(study.interrupted).toEqual([5]);
      expect(study.restart(5).parameters).toEqual(trials[5].parameters);
      expect(study.ask()?.parameters).toEqual(next);
    } finally {
      study.close();
    }
    expect((await readStudy(at('study.jsonl'))).trials).toHaveLength(7);
  });

  test('a search of the command line goes on', async () => {
    const before = (await readStudy(at('search.jsonl'))).trials;
    expect(before).toHaveLength(3);
    const words = ['search', at('table.csv'), '--target', 'kind', '--trials', '4', '--epochs', '3'];
    const study = ['--parallel', '1', '--study', at('search.jsonl'), '--sampler', 'random'];
    const { code, stderr } = await layerwise([...words, ...study]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { trials } = await readStudy(at('search.jsonl'));
    expect(trials).toHaveLength(4);
    expect(trials.slice(0, 3)).toEqual(before);
  });
});
