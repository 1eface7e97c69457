import { homedir } from 'node:os';

/** Text for other people: without the folders that tell who somebody is. */

/** As they are called by habit: somebody may run this for another user. */
const usersFolders = /(?:(?:\/var)?\/home|\/Users|[A-Za-z]:[\\/]Users)[\\/][^\\/\s:'"]+/g;

/**
 * The text with the folder of the package as `<package>`, and folders of users as `~`.
 *
 * @param root the folder of the package
 */
export function withoutFolders(text: string, root: string): string {
  const home = homedir();
  const shown = text.replaceAll(root, '<package>');
  return (home.length > 1 ? shown.replaceAll(home, '~') : shown).replace(usersFolders, '~');
}
