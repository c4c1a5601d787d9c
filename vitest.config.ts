import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,spec,property,integration,package}/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
