import { defineConfig } from 'vitest/config'

/** Tests that need what a user's machine may lack: a Redis, an nginx. `.ci/run` installs those first. */
export default defineConfig({
  test: {
    include: ['test/integration/ci/**/*.ci.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
})
