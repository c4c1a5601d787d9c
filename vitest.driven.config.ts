import { defineConfig } from 'vitest/config'

/** Stories of servers and proxies whose readers are pages in real browsers. Run by test/browser/run.mjs. */
export default defineConfig({
  test: {
    include: ['test/browser/driven/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})
