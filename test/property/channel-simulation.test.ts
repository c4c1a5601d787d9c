import { describe, expect, it } from 'vitest'
import { Simulation } from '../support/channel/simulation.js'

const { EVENTWIRE_CI, EVENTWIRE_SEED } = process.env

const SEEDS = EVENTWIRE_CI ? 12_000 : 300
const BATCH = 100

async function simulate(seed: number): Promise<Simulation> {
  const simulation = new Simulation(seed)
  try {
    await simulation.run()
  } catch (error) {
    const replay = `EVENTWIRE_SEED=${seed} npx vitest run test/property/channel-simulation.test.ts`
    const log = EVENTWIRE_SEED ? simulation.log : simulation.log.slice(-20)
    throw new Error(`${(error as Error).message}\nSeed ${seed}. Replay: ${replay}\n${log.join('\n')}`, { cause: error })
  }
  return simulation
}

describe('over random schedules of publishers, readers, cuts, slow readers, trims and restarts', () => {
  if (EVENTWIRE_SEED) {
    it(`seed ${EVENTWIRE_SEED} holds`, async () => {
      await simulate(Number(EVENTWIRE_SEED))
    })
    return
  }

  const batches = Array.from({ length: SEEDS / BATCH }, (_, i) => i * BATCH + 1)
  it.each(batches)(
    'each reader gets each event once and in order, or is told what it misses (seeds from %i)',
    async (first) => {
      let received = 0
      let gaps = 0
      for (let seed = first; seed < first + BATCH; seed++) {
        const simulation = await simulate(seed)
        received += simulation.received
        gaps += simulation.gaps
      }
      // A simulation in which nothing happens proves nothing.
      expect(received).toBeGreaterThan(BATCH * 50)
      expect(gaps).toBeGreaterThan(BATCH / 10)
    },
  )
})
