/** Words as they can be typed into a shell. */

export function shellWord(word: string): string {
  return /^[\w.-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** The same of a path, whose slashes mean nothing to a shell. */
export function shellPath(path: string): string {
  const isPlain = path.split('/').every((part) => part === '' || shellWord(part) === part);
  return isPlain ? path : shellWord(path);
}
