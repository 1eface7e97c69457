import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../../lib/cli/arguments/arguments.js';
import { configurationSchema } from '../../../lib/cli/arguments/configurationSchema.js';
import { flagsOf, nameOf } from '../../../lib/cli/arguments/flags.js';
import { root } from '../../examples/compile.js';

const program = buildProgram({ version: '' }, () => {});
const commands = program.commands.filter((command) => {
  return flagsOf(command).some((flag) => nameOf(flag) === '--config');
});

interface Schema {
  readonly properties: Readonly<Record<string, { type?: unknown; description?: string }>>;
}

/* `npx vitest run test/cli/arguments/configurationSchema.test.ts -u` writes the files. */
describe.each(commands.map((command) => [command.name(), command] as const))(
  'the schema of the configuration of %s',
  (name, command) => {
    test('is that of its flags', async () => {
      const text = `${JSON.stringify(configurationSchema(command), null, 2)}\n`;
      await expect(text).toMatchFileSnapshot(join(root, 'schemas', `${name}.json`));
    });

    test('has an option for each flag, with a type and a description', () => {
      const { properties } = configurationSchema(command) as unknown as Schema;
      // All but --config itself and --watch, which is of the moment; $schema and data are no flags.
      expect(Object.keys(properties)).toHaveLength(flagsOf(command).length - 2 + 2);
      for (const { type, description } of Object.values(properties)) {
        expect(type).toBeDefined();
        expect(description).toMatch(/\w/);
      }
    });
  },
);

test('the package brings the schemas of train and search', () => {
  expect(commands.map((command) => command.name())).toEqual(['train', 'search']);
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(files).toContain('schemas');
});
