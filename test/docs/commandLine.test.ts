import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildProgram, commandsIn } from '../../lib/cli/arguments/arguments.js';
import { flagsOf, nameOf } from '../../lib/cli/arguments/flags.js';
import { root } from '../examples/compile.js';

/* docs/command-line.md has every flag of the command line, and no others. */

const page = readFileSync(join(root, 'docs/command-line.md'), 'utf8');
const installation = readFileSync(join(root, 'docs/installation.md'), 'utf8');
const flags = commandsIn(buildProgram({ version: '' }, () => {}))
  .flatMap(flagsOf)
  .map(nameOf);
const flagsIn = (text: string) => text.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [];

describe('the page of the command line', () => {
  test('names every flag', () => {
    // Those of `build` stand where the build is explained.
    const named = new Set([...flagsIn(page), ...flagsIn(installation)]);
    expect(flags.filter((flag) => !named.has(flag))).toEqual([]);
  });

  test('names no flag that there is not', () => {
    const known = new Set([...flags, '--help', '--version']);
    expect(flagsIn(page).filter((flag) => !known.has(flag))).toEqual([]);
  });
});
