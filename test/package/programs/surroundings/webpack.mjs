/** Runs webpack with the settings of a file: `node webpack.mjs webpack.config.mjs`. */

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import webpack from 'webpack';

const file = pathToFileURL(path.resolve(process.argv[2]));
const { default: settings } = await import(file.href);
webpack(settings, (error, stats) => {
  if (error) throw error;
  if (stats.hasErrors()) throw new Error(stats.toString());
});
