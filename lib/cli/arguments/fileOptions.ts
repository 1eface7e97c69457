import { Argument, type Command, Option } from 'commander';

/**
 * Options and arguments that name files. Each says what becomes of its file, once, where it is
 * declared: the checks before the work (`fileChecks.ts`) take it from there.
 */

/** Read; written as a whole, in place of an older file; or read and added to. */
export type FileRole = 'input' | 'output' | 'journal';

/** A file that the command line names. */
export interface NamedFile {
  /** `--out`, or the name of an argument. */
  readonly name: string;
  readonly path: string;
  readonly role: FileRole;
}

export class FileOption extends Option {
  constructor(
    readonly role: FileRole,
    flags: string,
    description: string,
  ) {
    super(flags, description);
  }
}

export class FileArgument extends Argument {
  constructor(
    readonly role: FileRole,
    name: string,
    description: string,
  ) {
    super(name, description);
  }
}

/** The files that a command was given, when it has been parsed. */
export function filesOf(command: Command): NamedFile[] {
  const { options, registeredArguments, processedArgs } = command;
  const byArguments = registeredArguments.flatMap((argument, index) => {
    if (!(argument instanceof FileArgument)) return [];
    return named(argument.name(), processedArgs[index], argument.role);
  });
  const byOptions = options.flatMap((option) => {
    if (!(option instanceof FileOption)) return [];
    const value: unknown = command.getOptionValue(option.attributeName());
    return named(option.long ?? option.flags, value, option.role);
  });
  return [...byArguments, ...byOptions];
}

/** None for an option that was not given, several for one that takes several. */
function named(name: string, value: unknown, role: FileRole): NamedFile[] {
  return [value].flat().flatMap((path) => (typeof path === 'string' ? [{ name, path, role }] : []));
}
