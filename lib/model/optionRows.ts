import {
  joinPath,
  type NumberRule,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  withDefault,
} from '../checks.js';

/**
 * Options as rows of a table: the name, the doc comment and the reader of an option stand in one place. What callers
 * may write, what is made of it and which names are known follow from the table.
 */

/**
 * Reads what a caller wrote for an option, or undefined where it was not given.
 *
 * @throws ArgumentError
 */
export interface OptionReader<Input, Value, Context = unknown> {
  (given: unknown, path: string, context: Context): Value;
  /** What callers may write. No reader has it: it is there for the types alone. */
  readonly input?: Input | undefined;
}

export type OptionTable<Context = never> = Readonly<
  Record<string, OptionReader<unknown, unknown, Context>>
>;

/** The options as callers write them: each may be left out. */
export type InputsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]?: Table[Name]['input'];
};

/** The options when they are read, every default filled in. */
export type ValuesOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: ReturnType<Table[Name]>;
};

type Read<Value, Context> = (given: unknown, path: string, context: Context) => Value;

/** An option with a default, which is written as a caller would write it. */
export function option<Input, Value, Context = unknown>(
  read: Read<Value, Context>,
  fallback: NoInfer<Input>,
): OptionReader<Input, Value, Context> {
  return (given, path, context) => read(withDefault(given, fallback), path, context);
}

/** An option that has no value where it is not given. */
export function optional<Input, Value, Context = unknown>(
  read: Read<Value, Context>,
): OptionReader<Input, Value | undefined, Context> {
  return (given, path, context) => (given === undefined ? undefined : read(given, path, context));
}

/** An option whose default depends on where it is given. */
export function dependent<Input, Value, Context>(
  read: Read<Value, Context>,
): OptionReader<Input, Value, Context> {
  return read;
}

interface IntegerRule {
  readonly minimum: number;
  readonly maximum: number;
}

export function integer(rule: IntegerRule, fallback: number): OptionReader<number, number> {
  return option<number, number>((given, path) => requireInteger(given, path, rule), fallback);
}

export function optionalInteger(rule: IntegerRule): OptionReader<number, number | undefined> {
  return optional<number, number>((given, path) => requireInteger(given, path, rule));
}

export function number(rule: NumberRule, fallback: number): OptionReader<number, number> {
  return option<number, number>((given, path) => requireNumber(given, path, rule), fallback);
}

export function optionalNumber(rule: NumberRule): OptionReader<number, number | undefined> {
  return optional<number, number>((given, path) => requireNumber(given, path, rule));
}

export function flag(fallback: boolean): OptionReader<boolean, boolean> {
  return option<boolean, boolean>(requireBoolean, fallback);
}

/**
 * Reads the options of a table, and none but them.
 *
 * @param others Names of options that are known beside those of the table.
 * @throws ArgumentError
 */
export function readOnlyOptions<Context, Table extends OptionTable<Context>>(
  table: Table,
  options: Record<string, unknown>,
  path: string,
  context: Context,
  others: readonly string[] = [],
): ValuesOf<Table> {
  requireKnownKeys(options, [...Object.keys(table), ...others], path);
  return readOptions(table, options, path, context);
}

/**
 * Reads the options of a table; there may be others beside them.
 *
 * @throws ArgumentError
 */
export function readOptions<Context, Table extends OptionTable<Context>>(
  table: Table,
  options: Record<string, unknown>,
  path: string,
  context: Context,
): ValuesOf<Table> {
  const values = Object.entries(table).map(
    ([name, read]) => [name, read(options[name], joinPath(path, name), context)] as const,
  );
  return Object.fromEntries(values) as ValuesOf<Table>;
}
