/**
 * The package reads files that others have written. So it holds nothing that makes code of text, starts a program
 * or talks to a network, but for what these tables name; SECURITY.md promises it.
 */

/**
 * Modules of Node that could, and the units of lib/ (see check-boundaries.mjs) that may use them.
 * @type {Record<string, string[]>}
 */
const guardedModules = {
  child_process: [],
  cluster: [],
  dgram: [],
  dns: [],
  // Serves the page of a training to browsers of this machine, where --watch asks for it.
  http: ['report'],
  http2: [],
  https: [],
  inspector: [],
  // They find the binary, and the scripts that compile it.
  module: ['binary', 'native', 'compile'],
  // Waits for what stands in a named pipe, and says which port a page has; nothing is connected to.
  net: ['io', 'report'],
  repl: [],
  tls: [],
  vm: [],
  wasi: [],
  // Asks whether this is the main thread; it starts none.
  worker_threads: ['processSignals'],
};

/** Units whose `require` takes what is no literal: the path of the binary, and of the scripts. */
const loaders = ['native', 'compile'];

const codeOfText = /\beval\s*\(|\bnew\s+Function\b|(?<![\w.$])Function\s*\(|\bWebAssembly\b/;
const network = /(?<![\w.$])(?:fetch|WebSocket|EventSource|XMLHttpRequest)\s*\(/;
const computedImport = /(?<![\w.$])(import|require)\s*\((?!\s*(["'])[^"']*\2\s*[,)])/;
const nodeModule = /['"](?:node:)([\w]+)(?:\/[\w/]+)?['"]/g;
const nativeCalls =
  /\b(napi_run_script|RunScript|system|popen|_?w?exec[lv]p?e?|dlopen|LoadLibrary\w*)\s*\(/;

/**
 * What a line of lib/ does that only code may do which is trusted.
 * @param {string} line
 * @param {string} unit of lib/
 * @returns {string[]} problems
 */
export function foreignCodeInLibrary(line, unit) {
  const problems = [];
  if (codeOfText.test(line)) problems.push('nothing makes code of text');
  if (network.test(line)) problems.push('nothing talks to a network');
  if (computedImport.test(line) && !loaders.includes(unit)) {
    problems.push('only literal names are imported');
  }
  for (const [, name = ''] of line.matchAll(nodeModule)) {
    const users = guardedModules[name];
    if (users && !users.includes(unit))
      problems.push(`lib/${unit} must not use node:${name}: see scripts/foreign-code.mjs`);
  }
  return problems;
}

/**
 * The same of a line of native/.
 * @param {string} line
 * @returns {string[]} problems
 */
export function foreignCodeInNative(line) {
  const name = nativeCalls.exec(line)?.[1];
  return name === undefined ? [] : [`the core must not call ${name}`];
}
