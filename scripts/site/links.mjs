/** Looks whether the links of a site lead to pages, files and headings that are there. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * @param {string} folder of the site
 * @returns {string[]} a line for each link that leads nowhere
 */
export function brokenLinks(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const pages = files.filter((name) => name.endsWith('.html')).map((name) => join(folder, name));
  const textOf = new Map(pages.map((page) => [page, readFileSync(page, 'utf8')]));
  const idsOf = new Map(Array.from(textOf, ([page, text]) => [page, idsIn(text)]));
  return Array.from(textOf, ([page, text]) =>
    linksIn(text)
      .filter((link) => !leadsSomewhere(page, link, idsOf))
      .map((link) => `${relative(folder, page)} links to ${link}, which is not there`),
  ).flat();
}

/** @param {string} text */
function idsIn(text) {
  return new Set(Array.from(text.matchAll(/ id="([^"]+)"/g), ([, id]) => decoded(id ?? '')));
}

/** Those within the site. @param {string} text */
function linksIn(text) {
  const all = Array.from(text.matchAll(/<a [^>]*?href="([^"]*)"/g), ([, link]) => link ?? '');
  return [...new Set(all)].filter((link) => !/^[a-z]+:/.test(link));
}

/**
 * @param {string} page
 * @param {string} link
 * @param {Map<string, Set<string>>} idsOf
 */
function leadsSomewhere(page, link, idsOf) {
  const [path = '', id = ''] = link.split('#').map(decoded);
  const target = path === '' ? page : join(dirname(page), path);
  const ids = idsOf.get(target);
  if (ids === undefined) return existsSync(target);
  return id === '' || ids.has(id);
}

/** @param {string} text */
function decoded(text) {
  return decodeURIComponent(text.replaceAll('&amp;', '&').replaceAll('&#39;', "'"));
}
