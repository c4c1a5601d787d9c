import { describe, expect, it } from 'vitest'
import { RunSimulation } from '../support/runs/simulation.js'

const { EVENTWIRE_CI, EVENTWIRE_SEED } = process.env

const SEEDS = EVENTWIRE_CI ? 1000 : 50
const BATCH = 50

async function simulate(seed: number): Promise<RunSimulation> {
  const simulation = new RunSimulation(seed)
  try {
    await simulation.run()
  } catch (error) {
    const replay = `EVENTWIRE_SEED=${seed} npx vitest run test/property/runs-simulation.test.ts`
    const log = EVENTWIRE_SEED ? simulation.log : simulation.log.slice(-20)
    throw new Error(`${(error as Error).message}\nSeed ${seed}. Replay: ${replay}\n${log.join('\n')}`, { cause: error })
  }
  return simulation
}

describe('runs over random schedules of processes that die or are blocked, stops, and readers that come and go', () => {
  if (EVENTWIRE_SEED) {
    it(`seed ${EVENTWIRE_SEED} holds`, async () => {
      await simulate(Number(EVENTWIRE_SEED))
    })
    return
  }

  const batches = Array.from({ length: SEEDS / BATCH }, (_, i) => i * BATCH + 1)
  it.each(batches)(
    'each reader has all events once and in order and then the end, and nothing stays (seeds from %i)',
    async (first) => {
      const sums = { words: 0, done: 0, failed: 0, stopped: 0, lost: 0, resets: 0 }
      for (let seed = first; seed < first + BATCH; seed++) {
        const { counts } = await simulate(seed)
        for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += counts[name]
      }
      // A simulation in which nothing happens proves nothing.
      for (const [name, sum] of Object.entries(sums)) expect(sum, name).toBeGreaterThan(BATCH / 10)
    },
  )
})
