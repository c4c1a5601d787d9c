import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,spec,property,integration,package}/**/*.test.ts'],
    // What needs a Redis or an nginx runs with vitest.ci.config.ts.
    exclude: ['test/integration/ci/**'],
    // Most files wait for sockets; with a core kept free the suite takes twice as long.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
