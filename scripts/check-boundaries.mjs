/**
 * Keeps the layers of the design: prints `file:line: problem` for every import or include that runs
 * against the arrows, and for what no file may contain, and exits with 1 when there is one.
 *
 *   node scripts/check-boundaries.mjs [root of a checkout]
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { foreignCodeInLibrary, foreignCodeInNative } from './foreign-code.mjs';

const ourRoot = fileURLToPath(new URL('..', import.meta.url));
const root = path.resolve(process.argv[2] ?? ourRoot);

/**
 * What each unit of lib/ may import; a unit is a folder, or a file directly in lib/. Its own files are
 * always allowed.
 * @type {Record<string, string[]>}
 */
const libraryArrows = {
  builtins: [],
  errors: [],
  foreignNames: [],
  checks: ['builtins', 'errors', 'foreignNames'],
  libc: [],
  listener: [],
  signals: ['builtins'],
  processSignals: [],
  memory: ['errors'],
  random: [],
  statistics: [],
  deprecation: [],
  displayText: [],
  quantities: [],
  optionText: [],
  textTable: ['displayText'],
  version: [],
  nativeTypes: [],
  binary: ['builtins', 'errors', 'libc'],
  native: ['builtins', 'deprecation', 'errors', 'nativeTypes', 'version', 'binary'],
  compile: ['builtins', 'errors', 'version', 'binary'],
  network: ['builtins', 'errors', 'checks', 'foreignNames', 'native'],
  io: ['builtins', 'errors', 'checks', 'native'],
  data: [
    'builtins',
    'errors',
    'checks',
    'memory',
    'optionText',
    'quantities',
    'random',
    'statistics',
    'native',
    'io',
  ],
  checkpoint: ['builtins', 'errors', 'io'],
  export: ['errors', 'checks', 'quantities', 'version', 'network', 'data', 'io'],
  metrics: ['builtins', 'errors', 'checks', 'data'],
  model: [
    'builtins',
    'errors',
    'checks',
    'foreignNames',
    'listener',
    'processSignals',
    'memory',
    'quantities',
    'optionText',
    'version',
    'statistics',
    'textTable',
    'native',
    'network',
    'data',
    'io',
    'checkpoint',
    'export',
  ],
  autoencoders: [
    'builtins',
    'deprecation',
    'errors',
    'checks',
    'memory',
    'random',
    'statistics',
    'native',
    'network',
    'data',
    'io',
    'checkpoint',
    'export',
    'model',
  ],
  import: ['builtins', 'errors', 'checks', 'network', 'data', 'io', 'model'],
  terminal: ['displayText', 'quantities'],
  progress: ['quantities', 'model', 'terminal'],
  logs: ['builtins', 'errors', 'checks', 'network', 'data', 'io', 'model'],
  tables: [
    'builtins',
    'errors',
    'checks',
    'memory',
    'optionText',
    'version',
    'random',
    'statistics',
    'network',
    'data',
    'metrics',
    'io',
    'checkpoint',
    'export',
    'model',
    'autoencoders',
  ],
  load: ['errors', 'checks', 'data', 'io', 'model', 'autoencoders', 'tables'],
  index: [
    'errors',
    'native',
    'network',
    'data',
    'metrics',
    'io',
    'model',
    'logs',
    'progress',
    'export',
    'import',
    'autoencoders',
    'load',
  ],
  search: [
    'builtins',
    'errors',
    'checks',
    'listener',
    'optionText',
    'signals',
    'version',
    'random',
    'statistics',
    'textTable',
    'native',
    'network',
    'data',
    'metrics',
    'io',
    'model',
    'autoencoders',
    'load',
    'index',
  ],
  report: [
    'builtins',
    'errors',
    'checks',
    'memory',
    'version',
    'statistics',
    'data',
    'metrics',
    'io',
    'model',
    'autoencoders',
    'tables',
    'search',
  ],
  course: ['builtins', 'errors', 'checks', 'random', 'data', 'io', 'index', 'search'],
  cli: [
    'builtins',
    'binary',
    'errors',
    'checks',
    'checkpoint',
    'course',
    'export',
    'version',
    'compile',
    'displayText',
    'libc',
    'optionText',
    'processSignals',
    'quantities',
    'textTable',
    'terminal',
    'native',
    'network',
    'data',
    'io',
    'model',
    'progress',
    'autoencoders',
    'load',
    'index',
    'search',
    'report',
    'tables',
  ],
};

/**
 * Which units of lib/ may use a package. Every dependency has a row.
 * @type {Record<string, string[]>}
 */
const packageUsers = {
  '@bufbuild/protobuf': ['export'],
  commander: ['cli'],
  fzstd: ['data'],
  hyparquet: ['data'],
  'hyparquet-writer': ['data'],
  'node-gyp-build': ['binary'],
  papaparse: ['data'],
  // Of users who keep studies there; loaded when an address asks for them.
  pg: ['search'],
  redis: ['search'],
  // Not installed with the package: programs that want pictures in PNG bring it.
  '@resvg/resvg-js': ['report'],
};

/**
 * What each folder of native/ may include; its own files are always allowed.
 * @type {Record<string, string[]>}
 */
const nativeArrows = {
  core: [],
  kernels: ['core'],
  layers: ['core', 'kernels'],
  network: ['core', 'kernels', 'layers'],
  data: ['core', 'kernels'],
  plan: ['core', 'kernels', 'layers', 'network', 'data'],
  training: ['core', 'kernels', 'layers', 'network', 'data', 'plan'],
  node: ['core', 'kernels', 'layers', 'network', 'data', 'plan', 'training'],
};

/** @typedef {{ file: string, line: number, problem: string }} Breach */

/** @type {Breach[]} */
const breaches = [];

/**
 * @param {string} file
 * @param {number} line
 * @param {string} problem
 */
function report(file, line, problem) {
  breaches.push({ file, line, problem });
}

/** @returns {string[]} every file that is or would be in the repository */
function repositoryFiles() {
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', words, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  return [...new Set(listed.split('\0').filter((file) => file !== ''))].sort();
}

/** @param {string} file @returns {string | null} null for a binary file, or one that is gone */
function readText(file) {
  try {
    const text = readFileSync(path.join(root, file), 'utf8');
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

/** @param {string} file a path in lib/ @returns {string} */
function libraryUnit(file) {
  const [first = ''] = file.slice('lib/'.length).split('/');
  return first.replace(/\.ts$/, '');
}

/**
 * @param {string} file
 * @param {number} line
 * @param {string} unit
 * @param {string} specifier
 */
function checkRelativeImport(file, line, unit, specifier) {
  const target = path.posix.join(path.posix.dirname(file), specifier);
  if (!target.startsWith('lib/')) {
    if (target !== 'package.json') report(file, line, `imports ${specifier} from outside lib/`);
    return;
  }
  const targetUnit = libraryUnit(target.replace(/\.js$/, '.ts'));
  if (targetUnit === unit || libraryArrows[unit]?.includes(targetUnit)) return;
  report(file, line, `lib/${unit} must not import lib/${targetUnit}`);
}

/**
 * @param {string} file
 * @param {number} line
 * @param {string} unit
 * @param {string} specifier
 */
function checkPackageImport(file, line, unit, specifier) {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const users = packageUsers[name];
  if (!users) report(file, line, `the package ${name} has no row in packageUsers`);
  else if (!users.includes(unit)) report(file, line, `lib/${unit} must not use ${name}`);
}

/** Flags of Node and of package managers, which are no flags of ours. */
const foreignFlags = new Set([
  ...['--max-old-space-size', '--no-addons', '--allow-addons', '--permission', '--allow-all'],
  ...['--no-deprecation', '--throw-deprecation', '--trace-deprecation'],
]);

/**
 * Only the command line knows its flags; other texts name options (`lib/optionText.ts`).
 *
 * @param {string} file
 * @param {number} line
 * @param {string} unit
 * @param {string} content
 */
function checkFlags(file, line, unit, content) {
  if (unit === 'cli') return;
  for (const [, flag = ''] of content.matchAll(/(?<![\w-])(--[a-z][a-z-]*)/g)) {
    if (!foreignFlags.has(flag)) report(file, line, `only lib/cli names flags: ${flag}`);
  }
}

/** What each file of lib/ imports from lib/, types included, and in which line. @type {Map<string, Map<string, number>>} */
const libraryImports = new Map();

/** @param {string} file @param {number} line @param {string} specifier */
function rememberImport(file, line, specifier) {
  const imports = libraryImports.get(file) ?? new Map();
  const target = path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts');
  if (!imports.has(target)) imports.set(target, line);
  libraryImports.set(file, imports);
}

/**
 * Files that import each other, be it for a type alone, can only be understood together: each circle is
 * reported once, at the import that closes it.
 */
function checkCircles() {
  /** @type {Set<string>} */
  const done = new Set();
  /** @param {string} file @param {string[]} trail the files that lead to it */
  const visit = (file, trail) => {
    for (const [target, line] of libraryImports.get(file) ?? []) {
      const start = trail.indexOf(target);
      if (start >= 0) {
        report(file, line, `closes a circle: ${[...trail.slice(start), target].join(' -> ')}`);
      } else if (!done.has(target)) visit(target, [...trail, target]);
    }
    done.add(file);
  };
  for (const file of libraryImports.keys()) if (!done.has(file)) visit(file, [file]);
}

/** @param {string} file @param {string} text */
function checkLibraryFile(file, text) {
  const unit = libraryUnit(file);
  if (!(unit in libraryArrows)) report(file, 1, `lib/${unit} has no row in libraryArrows`);
  const pattern = /(?:(?<!')\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)'([^'\n]+)'/g;
  for (const [line, content] of text.split('\n').entries()) {
    for (const [, specifier = ''] of content.matchAll(pattern)) {
      if (specifier.startsWith('node:')) continue;
      if (specifier.startsWith('.')) rememberImport(file, line + 1, specifier);
      const check = specifier.startsWith('.') ? checkRelativeImport : checkPackageImport;
      check(file, line + 1, unit, specifier);
    }
    if (!['native', 'binary'].includes(unit) && /\.node['"`]|process\.dlopen/.test(content)) {
      report(file, line + 1, 'only lib/native.ts loads the native binary');
    }
    for (const problem of foreignCodeInLibrary(content, unit)) report(file, line + 1, problem);
    checkFlags(file, line + 1, unit, content);
    for (const [, name = ''] of content.matchAll(/\binstanceof\s+([\w$]+)/g)) {
      // A class of the library is the same in all realms, one of the language is not.
      if (!(name in globalThis)) continue;
      report(file, line + 1, `use lib/builtins.ts for ${name}, not instanceof`);
    }
  }
}

/** Files that are compiled inside the region of an instruction set. @param {string} file */
function isTargetCode(file) {
  return file.endsWith('-inl.h') || /\/simd\/(scalar|avx2|avx512|neon)\.h$/.test(file);
}

/**
 * @param {string} file
 * @param {number} line
 * @param {string} header as in `#include "header"`
 */
function checkProjectInclude(file, line, header) {
  const inTests = file.startsWith('test/');
  const part = file.split('/')[1] ?? '';
  if (header.endsWith('-inl.h') && !file.startsWith('native/kernels/')) {
    report(file, line, 'only kernel files may include vector code');
  }
  if (inTests) return;
  if (header.startsWith('test/')) {
    report(file, line, 'code of the tests is for the tests only');
    return;
  }
  const target = /^native\/([^/]+)\//.exec(header)?.[1];
  if (!target) report(file, line, `write the path from the root: "native/..." for "${header}"`);
  else if (target !== part && !nativeArrows[part]?.includes(target)) {
    report(file, line, `native/${part} must not include native/${target}`);
  }
}

/**
 * @param {string} file
 * @param {number} line
 * @param {string} header as in `#include <header>`
 */
function checkSystemInclude(file, line, header) {
  const isNodeHeader = /^(napi|node|js_native|uv|v8)[\w.-]*\.h$/.test(header);
  if (isNodeHeader && !file.startsWith('native/node/')) {
    report(file, line, `<${header}> is for native/node/ only`);
  }
  if (/^(immintrin|arm_neon)\.h$/.test(header) && !file.startsWith('native/kernels/')) {
    report(file, line, `<${header}> is for native/kernels/ only`);
  }
  if (isTargetCode(file)) {
    report(file, line, 'code of an instruction set must not include a system header in its region');
  }
}

/** @param {string} file @param {string} text */
function checkNativeFile(file, text) {
  const part = file.split('/')[1] ?? '';
  if (file.startsWith('native/') && !(part in nativeArrows)) {
    report(file, 1, `native/${part} has no row in nativeArrows`);
  }
  for (const [index, content] of text.split('\n').entries()) {
    const match = /^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)/.exec(content);
    if (match?.[1]) checkProjectInclude(file, index + 1, match[1]);
    if (match?.[2]) checkSystemInclude(file, index + 1, match[2]);
    for (const problem of foreignCodeInNative(content)) report(file, index + 1, problem);
  }
}

/**
 * No test compiles the benchmarks, so that a header that has moved would be missed only when they run.
 *
 * @param {string} file
 * @param {string} text
 */
function checkBenchmarkFile(file, text) {
  for (const [index, content] of text.split('\n').entries()) {
    const header = /^\s*#\s*include\s*"([^"]+)"/.exec(content)?.[1];
    if (header === undefined || existsSync(path.join(root, header))) continue;
    report(file, index + 1, `includes ${header}, which does not exist`);
  }
}

/** Every source is listed, and what is listed is there. @param {Set<string>} files */
function checkSourceLists(files) {
  const native = JSON.parse(readText('native/sources.json') ?? '{}');
  const tests = JSON.parse(readText('test/native/sources.json') ?? '[]');
  const lists = [
    { list: 'native/sources.json', folder: 'native/', sources: Object.values(native).flat() },
    { list: 'test/native/sources.json', folder: 'test/native/', sources: tests },
  ];
  for (const { list, folder, sources } of lists) {
    const listed = new Set(sources);
    for (const source of listed) {
      if (!files.has(source)) report(list, 1, `${source} does not exist`);
    }
    for (const file of files) {
      const isSource = file.startsWith(folder) && file.endsWith('.cc');
      if (isSource && !listed.has(file) && !tests.includes(file)) {
        report(list, 1, `${file} is missing`);
      }
    }
  }
}

/** @returns {{ pattern: RegExp, problem: string }[]} what no file may contain */
function forbiddenTexts() {
  const quote = (/** @type {string} */ text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const hosts = [
    ['registry', 'npmjs', 'org'],
    ['registry', 'yarnpkg', 'com'],
    ['deb', 'debian', 'org'],
  ].map((labels) => quote(labels.join('.')));
  const forbidden = [
    { pattern: new RegExp(hosts.join('|')), problem: 'names a registry host' },
    { pattern: /^[<>]{7} /m, problem: 'has the mark of a merge that is not finished' },
  ];
  for (const directory of [root, homedir()]) {
    if (directory.length < 4) continue;
    const pattern = new RegExp(`(?<![\\w.-])${quote(directory)}(?![\\w-])`);
    forbidden.push({ pattern, problem: 'contains a path of this machine' });
  }
  return forbidden;
}

/**
 * @param {string} file
 * @param {string} text
 * @param {ReturnType<typeof forbiddenTexts>} forbidden
 */
function checkText(file, text, forbidden) {
  for (const { pattern, problem } of forbidden) {
    if (!pattern.test(text)) continue;
    for (const [index, content] of text.split('\n').entries()) {
      if (pattern.test(content)) report(file, index + 1, problem);
    }
  }
}

function main() {
  const files = repositoryFiles();
  const present = new Set();
  const forbidden = forbiddenTexts();
  for (const file of files) {
    const text = readText(file);
    if (text === null) continue;
    present.add(file);
    checkText(file, text, forbidden);
    if (/^lib\/.*\.ts$/.test(file)) checkLibraryFile(file, text);
    if (/^(native|test\/native)\/.*\.(h|cc)$/.test(file)) checkNativeFile(file, text);
    if (/^bench\/native\/.*\.(h|cc)$/.test(file)) checkBenchmarkFile(file, text);
  }
  checkCircles();
  checkSourceLists(present);
  for (const { file, line, problem } of breaches) console.error(`${file}:${line}: ${problem}`);
  if (breaches.length > 0) process.exitCode = 1;
}

main();
