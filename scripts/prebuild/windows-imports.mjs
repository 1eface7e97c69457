/**
 * How the addon finds the functions of Node-API on Windows.
 *
 * An import library would name the program that has them, so that it would work in a host called
 * node.exe only, and not in Electron or a renamed Node. The addon asks the program that has loaded it
 * instead: it brings the pointers that an import library would have the system fill, and fills them
 * itself before anything else of it runs.
 */

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * The source of the file in C.
 *
 * @param {number} version of Node-API
 */
export function importSource(version) {
  const { symbols } = require('node-api-headers');
  const { js_native_api_symbols, node_api_symbols } = symbols[`v${version}`];
  /** @type {string[]} */
  const names = [...js_native_api_symbols, ...node_api_symbols].sort();
  return `#define WIN32_LEAN_AND_MEAN
#include <windows.h>

// What a host lacks fails as a call that it refuses: napi_generic_failure.
static int Missing(void) { return 9; }

${names.map((name) => `void* __imp_${name};`).join('\n')}

static const struct {
  const char* name;
  void** pointer;
} kImports[] = {
${names.map((name) => `    {"${name}", &__imp_${name}},`).join('\n')}
};

// The program itself, or the library that a Node built as one lies in.
static FARPROC Find(const char* name) {
  const HMODULE hosts[] = {GetModuleHandleA(NULL), GetModuleHandleA("libnode.dll"),
                           GetModuleHandleA("node.dll")};
  for (int i = 0; i < 3; ++i) {
    const FARPROC found = hosts[i] == NULL ? NULL : GetProcAddress(hosts[i], name);
    if (found != NULL) return found;
  }
  return NULL;
}

// 101 is the first that is not the compiler's own: before the constructors of the addon.
__attribute__((constructor(101))) static void FillImports(void) {
  for (unsigned i = 0; i < sizeof(kImports) / sizeof(kImports[0]); ++i) {
    const FARPROC found = Find(kImports[i].name);
    *kImports[i].pointer = found == NULL ? (void*)&Missing : (void*)found;
  }
}
`;
}
