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
  const shown = withName(withName(text, root, '<package>'), homedir(), '~');
  return shown.replace(usersFolders, '~');
}

/** All folders are in the folder `/`, so that it tells nothing; some containers have it as home. */
function withName(text: string, folder: string, name: string): string {
  return folder.length > 1 ? text.replaceAll(folder, name) : text;
}
