import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { isArray, isError } from '../../builtins.js';
import { describeValue, isPlainObject, remedyFor, requirePath } from '../../checks.js';
import { fromSystemError } from '../../data/bytes.js';
import { decodeText } from '../../data/text.js';
import { ArgumentError, FileFormatError, LayerwiseError, renamedError } from '../../errors.js';
import { isServerAddress } from '../../search/storage/address.js';
import type { FlagPlaces } from './flagPlaces.js';
import {
  type FlagOption,
  flagOptionsOf,
  formOf,
  isGiven,
  nameOf,
  settingOf,
  settingsOf,
  takesList,
} from './flags.js';
import type { JsonForm } from './values.js';

/**
 * Configuration files: JSON with the options of a command under the names of its flags (`batchSize` for
 * `--batch-size`) and of its arguments. They are read by the readers of the flags, and what is typed comes first.
 */

/** The options of a command as a file has them. */
export interface Configuration {
  /** The file, as errors call it. */
  readonly path: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Nobody writes so much by hand. */
const mostBytes = 2 ** 24;
/** For editors, which find the description of the file by it. */
const schemaKey = '$schema';

/**
 * Reads a configuration file.
 *
 * @throws ArgumentError when there is none, FileFormatError for what is no JSON object.
 */
export function readConfiguration(path: string): Configuration {
  const settings = parsed(readText(path), path);
  if (isPlainObject(settings)) return { path, settings };
  throw new FileFormatError({
    path,
    expected: 'a JSON object with options',
    received: describeValue(settings),
  });
}

function readText(path: string): string {
  try {
    const status = statSync(path);
    // A pipe that nobody writes to would hold everything up, Ctrl-C too.
    if (status.isFile() && status.size <= mostBytes) return decodeText(readFileSync(path), path);
  } catch (error) {
    throw fromSystemError(error, path);
  }
  throw new ArgumentError({
    path,
    expected: `an ordinary file of at most ${mostBytes} bytes`,
    received: 'something else',
    remedy: toJson,
  });
}

const toJson = 'The file has options in place of flags; the data is the argument of the command.';

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!isError(error)) throw error;
    const received = `what is none (${error.message})`;
    throw new FileFormatError({ path, expected: 'JSON', received, remedy: toJson });
  }
}

/** What the values of a configuration are told by, beside what is typed and the defaults. */
const source = 'config';

/**
 * Gives a command that has been parsed the options of a configuration, but for those that it has already. Relative paths
 * of files are relative to the folder of the configuration.
 *
 * @param places is told where each of these options stands.
 * @throws ArgumentError for keys that there are not, and values that the flags do not take.
 */
export function configure(
  command: Command,
  configuration: Configuration,
  places: FlagPlaces,
): void {
  const { path, settings } = configuration;
  const options = settingsOf(command);
  const files = command.registeredArguments.map((argument) => argument.name());
  const known = [...files, ...options.keys()];
  for (const [key, value] of Object.entries(settings)) {
    if (key === schemaKey) continue;
    const place = `${path}: ${key}`;
    const option = options.get(key);
    if (option !== undefined) {
      const read = readSetting(option, value, place, path);
      if (isGiven(command, option.key)) continue;
      command.setOptionValueWithSource(option.key, read, source);
      places.set(nameOf(option.flag), place);
    } else if (files.includes(key)) {
      requireForm(value, { type: 'string' }, place);
      if (command.getOptionValue(key) !== undefined) continue;
      command.setOptionValueWithSource(
        key,
        besideConfiguration(String(value), place, path),
        source,
      );
    } else {
      throw unknownKey(key, place, command, known);
    }
  }
  settleConflicts(command, path);
}

function isTyped(command: Command, key: string): boolean {
  return command.getOptionValueSource(key) === 'cli';
}

/** Of two that cannot stand together, the one that was typed counts. */
function settleConflicts(command: Command, path: string): void {
  const options = flagOptionsOf(command);
  for (const one of options) {
    const other = options.find(({ key }) => key === one.flag.excludes);
    if (other === undefined) continue;
    const configured = [one, other].filter(({ key }) => {
      return command.getOptionValueSource(key) === source;
    });
    const typed = [one, other].some(({ key }) => isTyped(command, key));
    if (typed) {
      for (const { key, flag } of configured) {
        command.setOptionValueWithSource(key, flag.fallback, 'default');
      }
    } else if (configured.length === 2) {
      const [key, otherKey] = [settingOf(one.flag), settingOf(other.flag)];
      throw new ArgumentError({
        path: `${path}: ${key}`,
        expected: `no ${otherKey} beside it`,
        received: 'both',
        remedy: `Remove ${key} or ${otherKey}.`,
      });
    }
  }
}

function unknownKey(
  key: string,
  place: string,
  command: Command,
  known: readonly string[],
): ArgumentError {
  // `batch-size` and `batch_size` are meant well.
  const spelt = key.replace(/^-+/, '').replace(/[-_]+(.)/g, (_, letter: string) => {
    return letter.toUpperCase();
  });
  return new ArgumentError({
    path: place,
    expected: `an option of \`layerwise ${command.name()}\``,
    received: 'an unknown key',
    remedy: remedyFor(spelt, known) || `layerwise ${command.name()} --help lists the options.`,
  });
}

function readSetting(option: FlagOption, value: unknown, place: string, path: string): unknown {
  const { flag } = option;
  requireForm(value, formOf(flag), place);
  if (typeof value === 'boolean' || takesList(flag)) return value;
  const word = wordFor(value);
  const read = readWord(option, word, place);
  return flag.file === undefined ? read : besideConfiguration(String(read), place, path);
}

/** What would be typed. */
function wordFor(value: unknown): string {
  if (!isArray(value)) return String(value);
  return value.length === 0 ? 'none' : value.join(',');
}

function readWord(option: FlagOption, word: string, place: string): unknown {
  try {
    return option.parseArg === undefined ? word : option.parseArg<unknown>(word, undefined);
  } catch (error) {
    if (error instanceof LayerwiseError) throw renamedError(error, { path: place });
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new ArgumentError({
      path: place,
      expected: error.message
        .replace(/^Give /, '')
        .replace(/^Allowed choices are/, 'one of')
        .replace(/\.$/, ''),
      received: word,
    });
  }
}

function besideConfiguration(file: string, place: string, path: string): string {
  // What is typed has none.
  if (file.includes('\0')) requirePath(file, place);
  const isWhole = file === '' || file === '-' || isAbsolute(file) || isServerAddress(file);
  return isWhole ? file : join(dirname(path), file);
}

const nouns: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
};
const plurals: Readonly<Record<string, string>> = { integer: 'whole numbers', string: 'texts' };

function requireForm(value: unknown, form: JsonForm, place: string): void {
  if (hasForm(value, form)) return;
  const types = [form.type].flat();
  const named = types.map((type) => {
    return type === 'array' ? `a list of ${plurals[String(form.items?.type)]}` : nouns[type];
  });
  throw new ArgumentError({
    path: place,
    expected: named.join(' or '),
    received: describeValue(value),
  });
}

function hasForm(value: unknown, { type, items }: JsonForm): boolean {
  return [type].flat().some((name) => {
    if (name === 'array') {
      return isArray(value) && value.every((item) => items === undefined || hasForm(item, items));
    }
    if (name === 'integer') return Number.isInteger(value);
    return typeof value === name;
  });
}
