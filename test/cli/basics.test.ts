import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { layerwise } from './process.js';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

describe('layerwise', () => {
  it('prints its version', async () => {
    const { code, stdout, stderr } = await layerwise(['--version']);
    expect([code, stdout, stderr]).toEqual([0, `${version}\n`, '']);
  });

  it('prints its help', async () => {
    const { code, stdout, stderr } = await layerwise(['train', '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('--target <column>');
  });

  it('answers nothing with the help, as an error', async () => {
    const { code, stdout, stderr } = await layerwise([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: layerwise');
  });

  it('refuses wrong arguments in one block, without a stack or colours', async () => {
    const { code, stdout, stderr } = await layerwise(['train', 'x.csv', '--taget', 'y']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      "error: unknown option '--taget' (Did you mean --target?)\n  Run `layerwise train --help` for help.\n",
    );
  });

  it('shows the stack with LAYERWISE_DEBUG', async () => {
    const environment = { LAYERWISE_DEBUG: '1' };
    const { stderr } = await layerwise(['train', 'absent.csv', '--target', 'y'], { environment });
    expect(stderr).toMatch(/error: absent\.csv: .*\n.*\n.*at /s);
  });

  it('tells about itself', async () => {
    const { code, stdout } = await layerwise(['info']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^layerwise +\d+\.\d+\.\d+/);
    expect(stdout).toMatch(/instruction set +(scalar|avx2|avx512|neon) /);
    expect(stdout).toMatch(/threads +\d+/);
  });

  it('tells about itself to machines, and follows the environment', async () => {
    const environment = { LAYERWISE_ISA: 'scalar', LAYERWISE_THREADS: '3' };
    const { stdout } = await layerwise(['info', '--json'], { environment });
    expect(JSON.parse(stdout)).toMatchObject({ version, instructionSet: 'scalar', threads: 3 });
  });
});
