import { defineConfig } from 'vitest/config'

/** Tests that drive real browsers: the inspector page, and the pages of the guides. */
export default defineConfig({
  test: {
    include: ['test/{inspector,guides}/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
})
