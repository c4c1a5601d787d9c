import { describe, expect } from 'vitest'
import { Simulation } from '../support/channel/simulation.js'
import { trySeeds } from '../support/seeds.js'

describe('over random schedules of publishers, readers, cuts, slow readers, trims and restarts', () => {
  trySeeds({
    file: 'test/property/channel-simulation.test.ts',
    make: (seed) => new Simulation(seed),
    few: 300,
    many: 12_000,
    batch: 100,
    rule: 'each reader gets each event once and in order, or is told what it misses',
    judge(simulations) {
      const sum = (of: (simulation: Simulation) => number): number =>
        simulations.reduce((all, each) => all + of(each), 0)
      expect(sum(({ received }) => received)).toBeGreaterThan(simulations.length * 50)
      expect(sum(({ gaps }) => gaps)).toBeGreaterThan(simulations.length / 10)
    },
  })
})
