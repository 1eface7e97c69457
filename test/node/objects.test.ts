/** Objects that are none of the class, in the place of those that are: nothing of them is read. */

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { afterAll, describe, expect, test } from 'vitest';
import { type NativeAddon, native } from '../../lib/native.js';
import { classificationData, classifierSpec, fitOptions } from './programs/samples.mjs';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));
const file = (require('node-gyp-build') as { path(directory: string): string }).path(root);
const folder = mkdtempSync(join(tmpdir(), 'layerwise-objects-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(path: string): NativeAddon {
  const module = { exports: {} };
  process.dlopen(module, path);
  return module.exports as NativeAddon;
}

function anotherBuild(): NativeAddon {
  const copy = join(folder, 'copy.node');
  copyFileSync(file, copy);
  return open(copy);
}

const addon = native();
const options = { optimizer: { type: 'sgd' }, batchSize: 4, seed: 1 };

function objectsOf(from: NativeAddon): object[] {
  const network = new from.Network(classifierSpec());
  return [network, classificationData(from), new from.Trainer(network, options)];
}

/** Every member of a class of the addon, called on another object. */
function callsOn(Class: { readonly prototype: object }, other: object): (() => unknown)[] {
  const members = Object.entries(Object.getOwnPropertyDescriptors(Class.prototype));
  return members
    .filter(([name]) => name !== 'constructor')
    .map(
      ([, { get, value }]) =>
        () =>
          Reflect.apply(get ?? value, other, []),
    );
}

const [network, data, trainer] = objectsOf(addon) as [object, object, object];
class Heir extends addon.Network {}

describe.each<[name: string, make: () => object[]]>([
  ['plain ones and proxies', () => [{}, [], () => {}, new Proxy(network, {})]],
  [
    'heirs of the prototype',
    () => [Object.create(addon.Network.prototype), Object.create(network)],
  ],
  ['of another addon', () => [new Resvg('<svg xmlns="http://www.w3.org/2000/svg"/>')]],
  ['of another build of this one', () => objectsOf(anotherBuild())],
  ['of this one, opened once more', () => objectsOf(open(file))],
])('objects %s', (_, make) => {
  const others = make();

  test('are refused by methods and getters', () => {
    for (const other of others) {
      for (const Class of [addon.Network, addon.Dataset, addon.Trainer]) {
        for (const call of callsOn(Class, other)) expect(call).toThrow(Error);
      }
    }
  });

  test('are refused as arguments', () => {
    const made = new addon.Network(classifierSpec());
    for (const other of others as never[]) {
      expect(() => new addon.Trainer(other, options)).toThrow(/network/);
      expect(() => made.evaluate(other, { loss: { type: 'crossEntropy' } })).toThrow(/data/);
      const validation = { dataset: other };
      expect(() => made.fit(data as never, fitOptions({ validation }), () => {})).toThrow(
        /dataset/,
      );
    }
  });
});

test('objects of the other classes are refused', () => {
  for (const [Class, others] of [
    [addon.Network, [data, trainer]],
    [addon.Dataset, [network, trainer]],
    [addon.Trainer, [network, data]],
  ] as const) {
    for (const other of others) {
      for (const call of callsOn(Class, other)) expect(call).toThrow(Error);
    }
  }
});

test('objects of a class that extends one are taken', () => {
  const heir = new Heir(classifierSpec());
  expect(heir.bytes).toBe((network as typeof heir).bytes);
  expect(new addon.Trainer(heir, options).updates).toBe(0);
});
