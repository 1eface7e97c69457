import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { buildProgram, commandsIn, parseArguments } from '../../lib/cli/arguments/arguments.js';
import { flagsOf, nameOf } from '../../lib/cli/arguments/flags.js';
import { exitCodes } from '../../lib/cli/exitCodes.js';
import { root } from '../examples/compile.js';

/* docs/command-line.md has every flag of the command line, and no others; and every exit code. */

const page = readFileSync(join(root, 'docs/command-line.md'), 'utf8');
const installation = readFileSync(join(root, 'docs/installation.md'), 'utf8');
const program = buildProgram({ version: '' }, () => {});
const flags = commandsIn(program).flatMap(flagsOf).map(nameOf);
/** `study repair`. */
const wordsOf = (command: Command): string =>
  command.parent?.parent ? `${wordsOf(command.parent)} ${command.name()}` : command.name();
const flagsIn = (text: string) => text.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [];

describe('the page of the command line', () => {
  test('begins with a table of the commands', () => {
    const [table = ''] = page.split('\n## ');
    const named = Array.from(table.matchAll(/^\| `layerwise ([a-z ]*[a-z])/gm), ([, name]) => name);
    const commands = commandsIn(program).filter(({ commands }) => commands.length === 0);
    expect(named).toEqual(commands.map(wordsOf));
  });

  test('names every flag', () => {
    // Those of `build` stand where the build is explained.
    const named = new Set([...flagsIn(page), ...flagsIn(installation)]);
    expect(flags.filter((flag) => !named.has(flag))).toEqual([]);
  });

  test('names every exit code, as the help does', () => {
    const documented = page.split('- The exit code is ')[1]?.split('\n- ')[0] ?? '';
    const { invocation } = parseArguments(['--help'], { version: '' });
    const help = invocation.command === 'print' ? invocation.text : '';
    const ofHelp = help.split('Exit codes:')[1]?.split('Environment:')[0] ?? '';
    for (const code of Object.values(exitCodes)) {
      expect(documented).toMatch(new RegExp(`\\b${code}\\b`));
      expect(ofHelp).toMatch(new RegExp(`\\b${code}\\b`));
    }
  });

  test('names no flag that there is not', () => {
    const known = new Set([...flags, '--help', '--version']);
    expect(flagsIn(page).filter((flag) => !known.has(flag))).toEqual([]);
  });
});
