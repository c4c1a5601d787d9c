import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/**
 * What shares one module graph with the files before it, which spares most of a second for each file. The others count
 * sockets, watch the garbage collector, start servers for a whole folder, or mock modules.
 */
const TOGETHER = [
  'test/unit/!(eventsource|sqlite)/**/*.test.ts',
  'test/property/**/*.test.ts',
  'test/spec/!(eventsource-)*.test.ts',
]

/** What needs a Redis or an nginx, or many seconds, runs with vitest.ci.config.ts. */
const CI_ONLY = 'test/**/*.ci.test.ts'

export default defineConfig({
  test: {
    // Threads start sooner than processes, and no test needs a process of its own.
    pool: 'threads',
    // Most files wait for sockets and processes.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'together', isolate: false, include: TOGETHER, exclude: [CI_ONLY] } },
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['test/{unit,spec,property,integration,package}/**/*.test.ts'],
          exclude: [CI_ONLY, ...TOGETHER],
        },
      },
    ],
  },
})
