import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/*
 * What an editor shows for an option, of all that the package exports: a comment, and what stands for the option
 * where it is not given.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const entries = [
  'lib/index.ts',
  'lib/search/index.ts',
  'lib/course/index.ts',
  'lib/tables/index.ts',
  'lib/report/index.ts',
];

const program = ts.createProgram(
  entries.map((entry) => root + entry),
  {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    types: ['node'],
    skipLibCheck: true,
  },
);
const checker = program.getTypeChecker();

/** Interfaces of options by their names: what ends so, and what such options hold in turn. */
const namesOfOptions = /(?:Options|Rule|Stopping|Averaging|Clipping|CrossValidation)$/;

const optionsOf = (entry: string) => {
  const file = program.getSourceFile(root + entry);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} is no module`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    )
    .filter(({ name, flags }) => namesOfOptions.test(name) && flags & ts.SymbolFlags.Type)
    .flatMap((symbol) => {
      const type = checker.getDeclaredTypeOfSymbol(symbol);
      const parts = type.isUnion() ? type.types : [type];
      return parts
        .flatMap((part) => part.getProperties())
        .filter(({ flags }) => flags & ts.SymbolFlags.Optional)
        .map((option) => [`${symbol.name}.${option.name}`, option] as const);
    });
};

const textOf = (parts: readonly ts.SymbolDisplayPart[] = []) =>
  parts.map(({ text }) => text).join('');

describe.each(entries)('of the options in %s', (entry) => {
  const options = optionsOf(entry);
  const named = (isMissing: (option: ts.Symbol) => boolean) => [
    ...new Set(options.filter(([, option]) => isMissing(option)).map(([name]) => name)),
  ];

  test('each has a comment', () => {
    expect(options.length).toBeGreaterThan(0);
    expect(named((option) => option.getDocumentationComment(checker).length === 0)).toEqual([]);
  });

  test('each says its default by @default, and nowhere else', () => {
    const defaultOf = (option: ts.Symbol) =>
      option.getJsDocTags(checker).find(({ name }) => name === 'default')?.text;
    expect(named((option) => textOf(defaultOf(option)) === '')).toEqual([]);
    const comment = (option: ts.Symbol) => textOf(option.getDocumentationComment(checker));
    expect(named((option) => /\bDefaults? /.test(comment(option)))).toEqual([]);
  });
});
