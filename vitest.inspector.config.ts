import { defineConfig } from 'vitest/config'

/** Tests that drive real browsers: the inspector page, and the pages of the guides. */
export default defineConfig({
  test: {
    include: ['test/{inspector,guides}/**/*.test.ts'],
    // A browser and its server keep a core busy; most of the time is waiting.
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
})
