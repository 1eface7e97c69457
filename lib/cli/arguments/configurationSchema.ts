import type { Command } from 'commander';
import { formOf, helpOf, settingsOf, writtenValue } from './flags.js';

/** A JSON Schema of the configuration files of a command, from its arguments and flags: editors check and complete by it. */
export function configurationSchema(command: Command): Record<string, unknown> {
  const argumentsOfCommand = command.registeredArguments.map((argument) => [
    argument.name(),
    { description: argument.description, type: 'string' },
  ]);
  const options = Array.from(settingsOf(command), ([name, { flag }]) => {
    const { fallback } = flag;
    const known = fallback === undefined ? {} : { default: writtenValue(flag, fallback) };
    return [name, { description: helpOf(flag), ...formOf(flag), ...known }];
  });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `Configuration of layerwise ${command.name()}`,
    type: 'object',
    properties: {
      $schema: { description: 'This description, for editors.', type: 'string' },
      ...Object.fromEntries([...argumentsOfCommand, ...options]),
    },
    additionalProperties: false,
  };
}
