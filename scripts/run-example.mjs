/**
 * Runs one of the examples, on any supported version of Node; without a name it lists them.
 *
 *   npm run example                      the list
 *   npm run example -- xor [words ...]   runs examples/xor.ts; words are for the example
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.join(root, 'examples');

/** @typedef {{ name: string, program: string, text: string }} Example */

/** @returns {Example[]} the programs directly in examples/, and the folders that have one */
function examples() {
  return readdirSync(folder)
    .flatMap((entry) => {
      const name = entry.replace(/\.ts$/, '');
      if (name !== entry) return [exampleAt(name, `${name}.ts`)];
      const main = path.join(entry, 'main.ts');
      return existsSync(path.join(folder, main)) ? [exampleAt(name, main)] : [];
    })
    .sort((left, right) => left.name.localeCompare(right.name));
}

/** @param {string} name @param {string} file @returns {Example} */
function exampleAt(name, file) {
  const source = readFileSync(path.join(folder, file), 'utf8');
  const comment = /\/\*\*(.*?)\*\//s.exec(source)?.[1] ?? '';
  const paragraph = comment.replace(/^\s*\* ?/gm, '').trim();
  const [sentence = ''] = paragraph.replace(/\s+/g, ' ').split(/(?<=[.:]) /);
  return { name, program: file.replace(/\.ts$/, '.js'), text: sentence.replace(/:$/, '.') };
}

/** @param {Example[]} all */
function list(all) {
  const width = Math.max(...all.map(({ name }) => name.length));
  console.log('npm run example -- NAME runs one of these:\n');
  for (const { name, text } of all) console.log(`  ${name.padEnd(width)}  ${text}`);
}

/** @param {string[]} words @returns {number} the exit code */
function node(words) {
  return spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' }).status ?? 1;
}

const [name, ...words] = process.argv.slice(2);
const all = examples();
const example = all.find((one) => one.name === name);
if (name === undefined) list(all);
else if (example === undefined) {
  console.error(
    `There is no example '${name}'; there are ${all.map((one) => one.name).join(', ')}.`,
  );
  process.exitCode = 2;
} else {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  process.exitCode =
    node([path.join(root, 'scripts/build-native.cjs'), '--if-stale']) ||
    node([path.join(root, 'scripts/build-typescript.cjs'), '--if-stale']) ||
    node([compiler, '-p', folder]) ||
    node([path.join(root, '.compiled/examples', example.program), ...words]);
}
