import { defineConfig } from 'vitest/config';

/** The tests that start services: `npm run test:services`. Each starts its own, on loopback. */
export default defineConfig({
  test: {
    include: ['test/services/**/*.services.ts'],
    globalSetup: ['test/setup/build.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
