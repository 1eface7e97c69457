import { Argument } from 'commander';
import { isServerAddress } from '../../search/storage/address.js';

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

/** None for what was not given, several for what takes several. A study may lie on a server, which is no file. */
export function filesNamed(name: string, value: unknown, role: FileRole): NamedFile[] {
  return [value].flat().flatMap((path) => {
    if (typeof path !== 'string' || isServerAddress(path)) return [];
    return [{ name, path, role }];
  });
}
