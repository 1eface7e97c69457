// Compiles lib/ to dist/, with --if-stale only when a source is newer than the last build.
//
// There is one implementation, in CommonJS, so that programs that import the package and programs that require it
// share its classes. The modules are joined to few files, because finding and linking a hundred of them takes longer
// than running them. Beside each entry stands its twin for `import`, which only hands on what is there; the types
// (declarations.cjs) are laid out likewise.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { buildReportPage, pageSources } = require('./build-report-page.cjs');
const { finishDeclarations } = require('./declarations.cjs');

const root = path.resolve(__dirname, '..');
const distribution = path.join(root, 'dist');
const stamp = path.join(distribution, 'index.js');

/** What programs import. */
const libraries = ['index', 'search/index', 'course/index', 'tables/index', 'report/index'];
/** What package.json exports and runs. */
const entries = [...libraries, 'cli/main'];

/** @param {string} file */
function modifiedAt(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @returns {boolean} whether dist/ is older than what it is made of */
function isStale() {
  const built = modifiedAt(stamp);
  const inputs = [path.join(root, 'lib'), pageSources].flatMap((folder) =>
    fs.readdirSync(folder, { recursive: true }).map((entry) => path.join(folder, String(entry))),
  );
  inputs.push(path.join(root, 'tsconfig.build.json'), path.join(root, 'tsconfig.base.json'));
  inputs.push(__filename, require.resolve('./declarations.cjs'));
  inputs.push(require.resolve('./build-report-page.cjs'));
  return inputs.some((input) => modifiedAt(input) > built);
}

/**
 * Type errors are printed; the code is written all the same.
 * @returns {boolean} whether there were no errors
 */
function compile() {
  const compiler = require.resolve('typescript/bin/tsc');
  const words = [compiler, '-p', 'tsconfig.build.json'];
  return spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' }).status === 0;
}

/**
 * Modules of Node come by way of `process`: bundlers that put the package into an ES module leave a `require` in it
 * that throws when the program starts, before the library can say that it does not belong into a bundle. And they come
 * when they are first used, as loading cryptography, compression and the network takes longer than all the rest.
 */
const builtinsByProcess = {
  name: 'builtins-by-process',
  /** @param {string} code */
  renderChunk: (code) => {
    const declaration = /^let (node_\w+) = require\("(node:[\w/]+)"\);\n/gm;
    const modules = [...code.matchAll(declaration)];
    const loaders = modules.map(
      ([, name, module]) =>
        `let ${name}_loaded;\nconst ${name} = () => ` +
        `(${name}_loaded ??= process.getBuiltinModule("${module}"));\n`,
    );
    const [head = ''] = /^(?:#!.*\n)?/.exec(code) ?? [];
    // In brackets, as `new` would take the call for its own.
    const body = modules.reduce(
      (text, [, name]) => text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `(${name}())`),
      code.slice(head.length).replaceAll(declaration, ''),
    );
    if (body.includes('require("node:')) throw new Error('A module of Node is loaded otherwise.');
    return head + loaders.join('') + body;
  },
};

/** Writes the joined modules in place of the single ones. */
async function joinModules() {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map((name) => [name, path.join(distribution, `${name}.js`)])),
    platform: 'node',
    plugins: [builtinsByProcess],
    external: (name) => !name.startsWith('.') && !path.isAbsolute(name),
  });
  await bundle.write({
    dir: distribution,
    format: 'cjs',
    exports: 'named',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name].cjs',
  });
  await bundle.close();
  for (const file of filesOf('.js')) fs.rmSync(file);
}

/** @param {string} suffix @returns {string[]} */
function filesOf(suffix) {
  return fs
    .readdirSync(distribution, { recursive: true })
    .map((entry) => path.join(distribution, String(entry)))
    .filter((file) => file.endsWith(suffix));
}

/**
 * The twin of an entry for `import`. It requires the implementation, which is faster than to import it, and works
 * where a test runner that loads modules by itself can only import modules. A bundler does not see what is required
 * in this way: the condition `module` of the package gives it a twin that imports.
 */
function writeTwins() {
  for (const entry of libraries) {
    const file = path.join(distribution, entry);
    const names = Object.keys(require(`${file}.cjs`)).sort();
    const from = `./${path.basename(entry)}.cjs`;
    const exported = ['export const {', ...names.map((name) => `  ${name},`)];
    const required = [
      "import { createRequire } from 'node:module';",
      '',
      'function implementation() {',
      '  try {',
      `    return createRequire(import.meta.url)('${from}');`,
      '  } catch (error) {',
      `    const isAway = import.meta.url === undefined || error?.message?.includes("'${from}'");`,
      '    if (!isAway) throw error;',
      '    throw new Error(',
      "      'layerwise: a bundler has put layerwise into a program. Leave it out (`external`), and ship its folder.',",
      '      { cause: error },',
      '    );',
      '  }',
      '}',
    ];
    const imported = `import implementation from '${from}';`;
    const write = (ending, lines) => fs.writeFileSync(`${file}${ending}`, lines.join('\n'));
    write('.js', [...required, '', ...exported, '} = implementation();', '']);
    write('.module.js', [imported, '', ...exported, '} = implementation;', '']);
  }
  const command = path.join(distribution, 'cli/main.js');
  fs.writeFileSync(command, "#!/usr/bin/env node\nimport './main.cjs';\n", { mode: 0o755 });
}

/**
 * Files whose sources are gone go too.
 * @returns {Promise<boolean>} whether there were no errors
 */
async function buildTypescript() {
  fs.rmSync(distribution, { recursive: true, force: true });
  const succeeded = compile();
  await joinModules();
  writeTwins();
  finishDeclarations(distribution, libraries);
  await buildReportPage(distribution);
  return succeeded;
}

module.exports = { buildTypescript, isStale };

if (require.main === module && !(process.argv.includes('--if-stale') && !isStale())) {
  buildTypescript().then((succeeded) => {
    if (!succeeded) process.exitCode = 1;
  });
}
