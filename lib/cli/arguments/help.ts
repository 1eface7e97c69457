import { Command, type Help, type HelpContext } from 'commander';
import { reflowed } from '../terminal/reflow.js';
import { type Flag, flagsOf, helpOf, termOf } from './flags.js';

/** What `-h` and `--help` print: how a command is used at a glance, or all there is to know. */

export interface HelpTexts {
  /** Command lines, as they are typed. */
  readonly examples: readonly string[];
  /** What `--help` explains behind the flags. */
  readonly details?: string;
}

/** A command with two helps: `-h` for a look, `--help` for all. */
export class HelpfulCommand extends Command {
  /** Whether it was the short help that was asked for; known to the outermost command. */
  wantsShortHelp = false;
  #texts: HelpTexts = { examples: [] };

  helps(description: string, texts: HelpTexts): this {
    this.#texts = texts;
    // Of its own, the parser breaks no lines where less than 40 columns are left for them.
    this.configureHelp({ minWidthToWrap: 16 });
    return this.description(description).helpOption(
      '-h, --help',
      '-h: examples and the most common options; --help: all of this',
    );
  }

  override createCommand(name?: string): HelpfulCommand {
    return new HelpfulCommand(name);
  }

  override helpInformation(context?: HelpContext): string {
    let outermost: Command = this;
    while (outermost.parent !== null) outermost = outermost.parent;
    const isShort = outermost instanceof HelpfulCommand && outermost.wantsShortHelp;
    if (isShort) return shortHelp(this, this.#texts);
    const { details = '', examples } = this.#texts;
    const explained = reflowed(details, widthOf(this));
    return `${super.helpInformation(context)}${explained}\n${examplesText(examples)}`;
  }
}

/** A command within another one. */
export function subcommand(
  parent: HelpfulCommand,
  name: string,
  description: string,
  texts: HelpTexts,
): HelpfulCommand {
  const command = parent.createCommand(name).helps(description, texts);
  parent.addCommand(command);
  return command;
}

function examplesText(examples: readonly string[]): string {
  return ['Examples:', ...examples.map((line) => `  $ ${line}`), ''].join('\n');
}

/** Examples first, as that is what most look for. */
function shortHelp(command: Command, { examples }: HelpTexts): string {
  const helper = command.createHelp();
  const helpWidth = widthOf(command);
  helper.prepareContext({ helpWidth });
  const usage = helper.commandUsage(command);
  const items = [...commandItems(command, helper), ...flagItems(command)];
  const termWidth = Math.max(0, ...items.map(([term]) => term.length));
  const lines = items.map(([term, text]) => helper.formatItem(term, termWidth, text, helper));
  const name = usage.replace(/ [[<].*$/, '');
  return [
    ...[examplesText(examples), `Usage: ${usage}`, reflowed(command.description(), helpWidth), ''],
    ...[...lines, '', `${name} --help shows everything.`, ''],
  ].join('\n');
}

/** Columns that the help may fill. */
function widthOf(command: Command): number {
  return command.configureOutput().getOutHelpWidth?.() ?? 80;
}

type HelpItem = readonly [term: string, text: string];

function commandItems(command: Command, helper: Help): HelpItem[] {
  return command.commands.map((inner) => [
    helper.subcommandTerm(inner),
    helper.subcommandDescription(inner),
  ]);
}

/** The flags that most need; all of a command that has few. */
function flagItems(command: Command): HelpItem[] {
  const flags = flagsOf(command);
  const common = flags.filter(({ isCommon }) => isCommon);
  const shown: readonly Flag[] = common.length > 0 ? common : flags;
  return shown.map((flag) => [termOf(flag), helpOf(flag)]);
}
