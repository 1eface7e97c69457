import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/build.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The report that .ci/run counts from.
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: '.reports/vitest.json' }]]
      : ['default'],
  },
});
