import type { Command } from 'commander';
import { settleRun } from '../run/runSettings.js';
import { configure, readConfiguration } from './configuration.js';
import { FileArgument } from './files.js';
import type { FlagPlaces } from './flagPlaces.js';

/**
 * Gives a command that has been parsed the options that stand in files: that of --config, and that of a run which goes on.
 *
 * @throws ArgumentError for what these say; CommanderError for arguments that are nowhere.
 */
export function settle(command: Command, places: FlagPlaces): void {
  const path: unknown = command.getOptionValue('config');
  if (typeof path === 'string') configure(command, readConfiguration(path), places);
  settleRun(command, places);
  requireArguments(command);
}

/**
 * An argument may stand in a configuration file; then it need not be typed. Of commands that know no such file, what may be
 * left out is up to them.
 */
function requireArguments(command: Command): void {
  if (!command.options.some((option) => option.attributeName() === 'config')) return;
  const { config } = command.opts();
  for (const [index, argument] of command.registeredArguments.entries()) {
    const name = argument.name();
    const isGiven = index < command.args.length || command.getOptionValue(name) !== undefined;
    if (isGiven || !(argument instanceof FileArgument)) continue;
    const where = config === undefined ? '' : `, typed or in ${String(config)}`;
    command.error(`missing required argument '${name}'${where}`, {
      code: 'commander.missingArgument',
    });
  }
}
