import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,spec,property,integration,package}/**/*.test.ts'],
    // What needs a Redis or an nginx runs with vitest.ci.config.ts.
    exclude: ['test/integration/ci/**'],
    // Most files wait for sockets; with a core kept free the suite takes twice as long.
    maxWorkers: '100%',
    // Of the tests of one file that say that they may run at once: they wait, they do not work.
    maxConcurrency: 8,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
