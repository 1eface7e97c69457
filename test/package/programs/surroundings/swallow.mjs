/** Bundles app.js with the package in it, by each bundler to each kind of module, into out/. */

import path from 'node:path';
import { build } from 'esbuild';
import { rolldown } from 'rolldown';
import webpack from 'webpack';

const platform = 'node';
for (const [format, ending] of [
  ['esm', 'mjs'],
  ['cjs', 'cjs'],
]) {
  const outfile = `out/esbuild.${ending}`;
  await build({ entryPoints: ['app.js'], outfile, bundle: true, platform, format });
  const bundle = await rolldown({ input: 'app.js', platform });
  await bundle.write({ file: `out/rolldown.${ending}`, format });
  await bundle.close();
  await byWebpack(ending, format === 'esm');
}

function byWebpack(ending, isModule) {
  const output = { path: path.resolve('out'), filename: `webpack.${ending}`, module: isModule };
  const settings = {
    ...{ mode: 'development', devtool: false, target: 'node', entry: './app.js', output },
    experiments: { outputModule: isModule },
  };
  return new Promise((resolve, reject) => {
    webpack(settings, (error, stats) => {
      if (error || stats.hasErrors()) reject(error ?? new Error(stats.toString()));
      else resolve();
    });
  });
}
