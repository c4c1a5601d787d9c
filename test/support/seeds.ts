import { it } from 'vitest'

/** A story that is the same for the same seed. */
export interface Simulated {
  readonly log: readonly string[]
  /** Throws at the first thing that must not happen. */
  run(): Promise<void>
}

export interface Seeds<S> {
  /** The test file, to be run again for one seed. */
  readonly file: string
  readonly make: (seed: number) => S
  /** How many seeds there are here, and in CI. */
  readonly few: number
  readonly many: number
  /** Seeds in one test. */
  readonly batch: number
  /** What holds for each of them. */
  readonly rule: string
  /** Looks at a batch: a simulation in which nothing happens proves nothing. */
  readonly judge: (simulations: readonly S[]) => void
}

/** Declares the tests of a simulation: batches of seeds, or the one seed of `EVENTWIRE_SEED` with its whole log. */
export function trySeeds<S extends Simulated>({ file, make, few, many, batch, rule, judge }: Seeds<S>): void {
  const { EVENTWIRE_CI, EVENTWIRE_SEED } = process.env

  async function simulate(seed: number): Promise<S> {
    const simulation = make(seed)
    try {
      await simulation.run()
    } catch (error) {
      const replay = `EVENTWIRE_SEED=${seed} npx vitest run ${file}`
      const log = EVENTWIRE_SEED ? simulation.log : simulation.log.slice(-20)
      const text = `${(error as Error).message}\nSeed ${seed}. Replay: ${replay}\n${log.join('\n')}`
      throw new Error(text, { cause: error })
    }
    return simulation
  }

  if (EVENTWIRE_SEED) {
    it(`seed ${EVENTWIRE_SEED} holds`, async () => void (await simulate(Number(EVENTWIRE_SEED))))
    return
  }
  const count = EVENTWIRE_CI ? many : few
  const batches = Array.from({ length: count / batch }, (_, i) => i * batch + 1)
  it.each(batches)(`${rule} (seeds from %i)`, async (first) => {
    const simulations: S[] = []
    for (let seed = first; seed < first + batch; seed++) simulations.push(await simulate(seed))
    judge(simulations)
  })
}
