// Builds the page of reports, web/report, into one script and one style sheet in dist/report/page: what a report has in
// it, whatever made it.

const path = require('node:path');

const root = path.resolve(__dirname, '..');

/** Where the sources lie. */
const pageSources = path.join(root, 'web');

/** @param {string} distribution that of the package */
async function buildReportPage(distribution) {
  const { build } = await import('vite');
  await build({
    root: path.join(pageSources, 'report'),
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir: path.join(distribution, 'report', 'page'),
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: false,
      cssCodeSplit: false,
      rollupOptions: {
        input: path.join(pageSources, 'report', 'main.ts'),
        output: { format: 'iife', entryFileNames: 'page.js', assetFileNames: 'page.[ext]' },
      },
    },
  });
}

module.exports = { buildReportPage, pageSources };
