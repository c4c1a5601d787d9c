import { defineConfig } from 'vitest/config'

/** Tests that drive the inspector page in real browsers. */
export default defineConfig({
  test: {
    include: ['test/inspector/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
})
