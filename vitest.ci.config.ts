import { defineConfig } from 'vitest/config'

/** Tests that need programs `npm test` does without: `redis-server`, `nginx`. */
export default defineConfig({
  test: {
    include: ['test/integration/ci/**/*.ci.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000, interval: 20 } },
  },
})
