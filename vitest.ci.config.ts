import { defineConfig } from 'vitest/config'

/** `npm run test:slow`: tests that `npm test` does without: they need `redis-server` or `nginx`, or take many seconds. */
export default defineConfig({
  test: {
    include: ['test/{unit,integration,package}/**/*.ci.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000, interval: 20 } },
  },
})
