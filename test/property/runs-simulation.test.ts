import { describe, expect } from 'vitest'
import { RunSimulation } from '../support/runs/simulation.js'
import { trySeeds } from '../support/seeds.js'

describe('runs over random schedules of processes that die or are blocked, stops, and readers that come and go', () => {
  trySeeds({
    file: 'test/property/runs-simulation.test.ts',
    make: (seed) => new RunSimulation(seed),
    few: 50,
    many: 1000,
    batch: 50,
    rule: 'each reader has all events once and in order and then the end, and nothing stays',
    judge(simulations) {
      for (const name of ['words', 'done', 'failed', 'stopped', 'lost', 'resets'] as const) {
        const sum = simulations.reduce((all, { counts }) => all + counts[name], 0)
        expect(sum, name).toBeGreaterThan(simulations.length / 10)
      }
    },
  })
})
