import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAppleSettings, readSettings } from '../../../scripts/prebuild/settings.mjs';
import { root } from '../../../scripts/prebuild/targets.mjs';

const listed = JSON.parse(readFileSync(path.join(root, 'native/sources.json'), 'utf8')) as Record<
  string,
  string[]
>;

test('sources and flags are those of the build by node-gyp', () => {
  const { library, addon } = readSettings();
  const { node, ...others } = listed;
  expect(addon.sources).toEqual(node);
  expect(library.sources).toEqual(Object.values(others).flat());
  expect(library.compilerFlags).toEqual(
    expect.arrayContaining(['-std=c++20', '-O3', '-ffp-contract=off', '-fexceptions', '-Werror']),
  );
  expect(addon.compilerFlags).toContain('-DNAPI_VERSION=8');
  expect(addon.linkerFlags).toContain(
    `-Wl,--version-script=${path.join(root, 'native/exports.map')}`,
  );
});

test('macOS is told what to export', () => {
  const { oldestSystem, linkerFlags } = readAppleSettings();
  expect(oldestSystem).toMatch(/^\d+\.\d+$/);
  expect(linkerFlags).toEqual([
    '-dead_strip',
    '-exported_symbol',
    '_napi_register_module_v1',
    '-exported_symbol',
    '_node_api_module_get_api_version_v1',
  ]);
});
