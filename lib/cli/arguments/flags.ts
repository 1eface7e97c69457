import { type Command, Option } from 'commander';
import { FileArgument, type FileRole, filesNamed, type NamedFile } from './files.js';
import type { JsonForm, WordReader } from './values.js';

/**
 * The flags of the commands. A flag is declared once, as a row: how its words are read, what the help
 * says, which files are checked before the work, and how errors of the library name it follow from that.
 */

/** A row. Its key in the table is the name of its value in the options of the command. */
export interface Flag<Value = unknown> {
  /** As it is typed: `--epochs <count>`, `--ignore <columns...>`, `--json`. */
  readonly usage: string;
  /** A single letter for it: `o` for `-o`. */
  readonly letter?: string | undefined;
  /** What the help says. */
  readonly help: string;
  /** The value where the flag is not given. */
  readonly fallback: Value;
  /** How the help names the fallback, or what it is where only a sentence can tell; as JSON when undefined. */
  readonly fallbackText?: string | undefined;
  /** From the word behind it to the value; the word itself when undefined. */
  readonly read?: WordReader | undefined;
  /** The words that may stand behind it; any when undefined. */
  readonly choices?: readonly string[] | undefined;
  /** The words of a list that a configuration file may have; any when undefined. */
  readonly items?: readonly string[] | undefined;
  /** The option of the library that it sets, as errors of the library name it. */
  readonly sets?: string | undefined;
  /** What becomes of the file that it names. */
  readonly file?: FileRole | undefined;
  /** The key of a flag that cannot stand beside it. */
  readonly excludes?: string | undefined;
  /** Whether `-h` shows it, beside `--help`. */
  readonly isCommon?: boolean | undefined;
}

/** Flags by the names of their values. */
export type Flags = Readonly<Record<string, Flag>>;

/** Flags under the titles that the help gives them. */
export type FlagGroups = Readonly<Record<string, Flags>>;

/** What a command is given: the values of its flags. Those without a fallback may be absent. */
export type FlagValues<Table extends Flags> = {
  readonly [Key in keyof Table as undefined extends Table[Key]['fallback']
    ? never
    : Key]: Table[Key]['fallback'];
} & {
  readonly [Key in keyof Table as undefined extends Table[Key]['fallback']
    ? Key
    : never]?: Table[Key]['fallback'];
};

type Details<Value> = Pick<
  Flag<Value>,
  'fallbackText' | 'sets' | 'file' | 'excludes' | 'isCommon' | 'letter'
> & {
  readonly read?: WordReader<Value>;
  readonly choices?: readonly Value[];
};

/** A flag with one word behind it. */
export function flag<const Value = string>(
  usage: `--${string} <${string}>`,
  help: string,
  details: Details<Value> & { readonly fallback: Value },
): Flag<Value>;
export function flag<const Value = string>(
  usage: `--${string} <${string}>`,
  help: string,
  details?: Details<Value>,
): Flag<Value | undefined>;
export function flag(usage: string, help: string, details: Partial<Flag> = {}): Flag {
  return { fallback: undefined, ...details, usage, help };
}

/** A flag that stands alone, or has a word behind it: true without one. No configuration file has it. */
export function optionalFlag<Value>(
  usage: `--${string} [${string}]`,
  help: string,
  details: { readonly read: WordReader<Value> },
): Flag<Value | boolean | undefined> {
  return { fallback: undefined, ...details, usage, help };
}

/** A flag with any number of words behind it. */
export function listFlag(
  usage: `--${string} <${string}...>`,
  help: string,
  details: Pick<Flag, 'sets' | 'isCommon' | 'items'> = {},
): Flag<readonly string[] | undefined> {
  return { fallback: undefined, ...details, usage, help };
}

/** A flag that stands alone: `--json`, or `--no-header`. */
export function switchFlag(
  usage: `--${string}`,
  help: string,
  details: Pick<Flag, 'sets' | 'isCommon'> = {},
): Flag<boolean> {
  return { fallback: usage.startsWith('--no-'), ...details, usage, help };
}

/** `--epochs` of `--epochs <count>`. */
export function nameOf({ usage }: Pick<Flag, 'usage'>): string {
  return usage.split(' ')[0] ?? usage;
}

/** As the help names it: `-o, --out <file>`. */
export function termOf({ usage, letter }: Pick<Flag, 'usage' | 'letter'>): string {
  return letter === undefined ? usage : `-${letter}, ${usage}`;
}

/** Whether it takes all words behind it. */
export function takesList({ usage }: Flag): boolean {
  return usage.endsWith('...>');
}

/** `batchSize` of `--batch-size`, and `header` of `--no-header`: what a configuration file calls it. */
export function settingOf(flag: Pick<Flag, 'usage'>): string {
  const words = nameOf(flag)
    .replace(/^--(no-)?/, '')
    .split('-');
  const [first = '', ...others] = words;
  return first + others.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** What stands for the words of a flag in a configuration file. */
export function formOf(flag: Flag): JsonForm {
  const { read, choices, items } = flag;
  if (!flag.usage.includes(' ')) return { type: 'boolean' };
  if (takesList(flag)) return { type: 'array', items: { type: 'string', ...named(items) } };
  return read?.form ?? { type: 'string', ...named(choices) };
}

/** What a configuration file has for a value of the flag. */
export function writtenValue({ read }: Flag, value: unknown): unknown {
  return read?.written === undefined ? value : read.written(value as never);
}

function named(words: readonly string[] | undefined): Pick<JsonForm, 'enum'> {
  return words === undefined ? {} : { enum: words };
}

/** What the help says, with a default that is no value. */
export function helpOf({ help, fallback, fallbackText }: Flag): string {
  const isToldByText = fallback === undefined && fallbackText !== undefined;
  return isToldByText ? `${help} (default: ${fallbackText})` : help;
}

/** A flag as an option of commander, under the name of its value. */
export class FlagOption extends Option {
  constructor(
    readonly key: string,
    readonly flag: Flag,
  ) {
    super(termOf(flag), helpOf(flag));
    const { choices, read, fallback, fallbackText, excludes } = flag;
    if (choices !== undefined) this.choices(choices);
    if (read !== undefined) this.argParser(read);
    // What stands alone is false without a word in the help, and a list is nothing.
    if (this.required && fallback !== undefined) this.default(fallback, fallbackText);
    if (excludes !== undefined) this.conflicts(excludes);
  }

  override attributeName(): string {
    return this.key;
  }
}

export function addFlags(command: Command, groups: FlagGroups): void {
  for (const [title, flags] of Object.entries(groups)) {
    command.optionsGroup(title);
    for (const [key, row] of Object.entries(flags)) command.addOption(new FlagOption(key, row));
  }
}

/** The flags that a command has. */
export function flagsOf(command: Command): Flag[] {
  return flagOptionsOf(command).map(({ flag }) => flag);
}

export function flagOptionsOf(command: Command): FlagOption[] {
  return command.options.filter((option) => option instanceof FlagOption);
}

/** Whether a flag was typed, or stands in a configuration file. */
export function isGiven(command: Command, key: string): boolean {
  const source = command.getOptionValueSource(key);
  return source !== undefined && source !== 'default';
}

/** The options that a configuration file may have, under their names there: all but the file itself, and what is of the moment. */
export function settingsOf(command: Command): ReadonlyMap<string, FlagOption> {
  const options = flagOptionsOf(command).map((option) => [settingOf(option.flag), option] as const);
  return new Map(options.filter(([name, { optional }]) => name !== 'config' && !optional));
}

/** The values of flags that were parsed. */
export function valuesOf<Table extends Flags>(
  flags: Table,
  parsed: Readonly<Record<string, unknown>>,
): FlagValues<Table> {
  const values = Object.entries(flags).flatMap(([key, { fallback }]) => {
    const value = parsed[key] ?? fallback;
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(values) as FlagValues<Table>;
}

/** The files that a command was given, when it has been parsed. */
export function filesOf(command: Command): NamedFile[] {
  const { registeredArguments, processedArgs } = command;
  const byArguments = registeredArguments.flatMap((argument, index) => {
    if (!(argument instanceof FileArgument)) return [];
    // Where it is not typed, a configuration file may have it.
    const path: unknown = processedArgs[index] ?? command.getOptionValue(argument.name());
    return filesNamed(argument.name(), path, argument.role);
  });
  const byFlags = flagOptionsOf(command).flatMap(({ key, flag }) => {
    if (flag.file === undefined) return [];
    return filesNamed(nameOf(flag), command.getOptionValue(key), flag.file);
  });
  return [...byArguments, ...byFlags];
}
