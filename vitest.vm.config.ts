import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/**
 * The tests once more in contexts of their own, which have other classes of arrays and errors than Node and the
 * core: as Jest runs the tests of those who use the package. Left out are tests that run the command or programs
 * in processes of their own, which no context reaches (test/cli but for those named, test/node, test/native,
 * test/scripts, test/examples, test/docs, test/bench, test/types), and long ones of arithmetic alone, to which the
 * class of an array makes no difference (test/training, samplers and models of test/search).
 */
export default defineConfig({
  test: {
    ...base.test,
    pool: 'vmThreads',
    include: [
      'test/*.test.ts',
      'test/{autoencoders,data,export,io,logs,metrics,model,network}/**/*.test.ts',
      'test/search/{*,pruners/*,results/**/*}.test.ts',
      'test/cli/{arguments/arguments,failure}.test.ts',
    ],
  },
});
