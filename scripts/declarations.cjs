// The types of the package, from the declarations that tsc writes beside the modules of lib/: for CommonJS, from which
// the twins of the entries for `import` hand them on, so that a type is the same however the package is loaded; only
// what the entries lead to; and in words that compilers and settings of programs know that are older than ours.

const fs = require('node:fs');
const path = require('node:path');

const relativeImport = /((?:from |import\(|import )['"]\.{1,2}\/[^'"]*)\.js(['"])/g;

/**
 * What is declared here may be missing where a program is compiled for ES2020, or has no types of Node; beside those
 * it adds nothing.
 */
const ambient = `
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  interface AbortSignal {
    readonly aborted: boolean;
  }
}
`;

/** As the compiler's own NoInfer, which TypeScript has from 5.4. */
const uninferred = 'type Uninferred<Type> = [Type][Type extends unknown ? 0 : never];\n';

/** @param {string} text */
function inOlderWords(text) {
  // Typed arrays name their buffer from TypeScript 5.7; this is the same type there, and the plain one before.
  const plain = text.replace(/\b(\w+Array)<ArrayBuffer>/g, "ReturnType<$1Constructor['of']>");
  const lowered = plain.replace(/\bNoInfer</g, 'Uninferred<');
  return lowered === plain ? plain : lowered + uninferred;
}

/**
 * @param {string} file without its ending
 * @param {Set<string>} reached what it leads to, itself included
 */
function reach(file, reached) {
  if (reached.has(file)) return;
  reached.add(file);
  for (const [, start = ''] of fs.readFileSync(`${file}.d.ts`, 'utf8').matchAll(relativeImport)) {
    reach(path.join(path.dirname(file), start.replace(/^[^'"]*['"]/, '')), reached);
  }
}

/**
 * Puts them in place.
 * @param {string} distribution
 * @param {readonly string[]} entries what programs import, without endings
 */
function finishDeclarations(distribution, entries) {
  /** @type {Set<string>} */
  const reached = new Set();
  for (const entry of entries) reach(path.join(distribution, entry), reached);
  for (const file of reached) {
    const text = fs.readFileSync(`${file}.d.ts`, 'utf8').replace(relativeImport, '$1.cjs$2');
    const isEntry = entries.some((entry) => path.join(distribution, entry) === file);
    fs.writeFileSync(`${file}.d.cts`, inOlderWords(text) + (isEntry ? ambient : ''));
  }
  for (const name of fs.readdirSync(distribution, { recursive: true }).map(String)) {
    if (name.endsWith('.d.ts')) fs.rmSync(path.join(distribution, name));
  }
  for (const entry of entries) {
    const text = `export * from './${path.basename(entry)}.cjs';\n`;
    fs.writeFileSync(path.join(distribution, `${entry}.d.ts`), text);
  }
}

module.exports = { finishDeclarations };
