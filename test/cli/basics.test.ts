import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { layerwise } from './process.js';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

describe('layerwise', () => {
  test('prints its version', async () => {
    const { code, stdout, stderr } = await layerwise(['--version']);
    expect([code, stdout, stderr]).toEqual([0, `${version}\n`, '']);
  });

  test('prints its help', async () => {
    const { code, stdout, stderr } = await layerwise(['train', '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('--target <column>');
  });

  test('answers nothing with the help, as an error', async () => {
    const { code, stdout, stderr } = await layerwise([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: layerwise');
  });

  test('refuses wrong arguments in one block, without a stack or colours', async () => {
    const { code, stdout, stderr } = await layerwise(['train', 'x.csv', '--taget', 'y']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      "error: unknown option '--taget' (Did you mean --target?)\n  Run `layerwise train --help` for help.\n",
    );
  });

  test('shows the stack with LAYERWISE_DEBUG', async () => {
    const environment = { LAYERWISE_DEBUG: '1' };
    const { stderr } = await layerwise(['train', 'absent.csv', '--target', 'y'], { environment });
    expect(stderr).toMatch(/error: absent\.csv: .*\n.*\n.*at /s);
  });

  test('tells about itself', async () => {
    const { code, stdout } = await layerwise(['info']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^layerwise +\d+\.\d+\.\d+/);
    expect(stdout).toMatch(/instruction set +(scalar|avx2|avx512|neon) /);
    expect(stdout).toMatch(/threads +\d+/);
  });

  test('tells about itself to machines, and follows the environment', async () => {
    const environment = { LAYERWISE_ISA: 'scalar', LAYERWISE_THREADS: '3' };
    const { stdout } = await layerwise(['info', '--json'], { environment });
    expect(JSON.parse(stdout)).toMatchObject({ version, instructionSet: 'scalar', threads: 3 });
  });
});
