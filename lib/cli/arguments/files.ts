import { Argument } from 'commander';

/** Files that the command line names, by its arguments and by its flags. */

/** Read; written as a whole, in place of an older file; read and added to; or a folder for files that are written. */
export type FileRole = 'input' | 'output' | 'journal' | 'folder';

/** A file that the command line names. */
export interface NamedFile {
  /** `--out`, or the name of an argument. */
  readonly name: string;
  readonly path: string;
  readonly role: FileRole;
}

/** An argument that says what becomes of its file. */
export class FileArgument extends Argument {
  constructor(
    readonly role: FileRole,
    name: string,
    description: string,
  ) {
    super(name, description);
  }
}

/** None for what was not given, several for what takes several. */
export function filesNamed(name: string, value: unknown, role: FileRole): NamedFile[] {
  return [value].flat().flatMap((path) => (typeof path === 'string' ? [{ name, path, role }] : []));
}
