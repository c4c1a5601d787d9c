export default { test: { include: ['runners/*.test.mjs'], globals: true, testTimeout: 60_000, maxConcurrency: 8 } }
