import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/build.ts'],
    // By default one processor would be left idle, of two.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The built package runs as programs of users run it, whose tests do not transform it.
    server: { deps: { external: [/\/dist\/.*\.c?js$/] } },
    // The report that .ci/run counts from.
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: '.reports/vitest.json' }]]
      : ['default'],
  },
});
