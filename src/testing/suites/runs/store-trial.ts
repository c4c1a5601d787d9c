import type { RunStore } from '../../../runs/run-store.js'
import { expectThat, type CaseOf } from '../suite.js'

type Awaitable<T> = T | PromiseLike<T>

/** How the suite gets the store under test. */
export interface RunStoreAdapter {
  /** Opens a store. Each case opens one of its own, uses keys that no other case has, and closes it. */
  open(): Awaitable<RunStore>
  /**
   * Opens another one over the same data, as another process would. Without it, the same store stands for both.
   * The suite closes it.
   */
  another?(): Awaitable<RunStore>
}

/** What a case works with. */
export interface StoreTrial {
  readonly store: RunStore
  readonly other: RunStore
  /** Milliseconds of a lease that is to run out. */
  readonly short: number
  /** A key of this case alone. */
  key(name?: string): string
  token(): string
  /** Claims a key for a run that outlives the case. */
  claim(key: string, more?: { lease?: number; keep?: number }): Promise<string>
  /** Waits until it holds, and fails in time. */
  until(what: string, holds: () => Awaitable<boolean>): Promise<void>
}

export type StoreCase = CaseOf<TrialFactory>

/** Runs a case with a store of its own. */
export type TrialFactory = (run: (trial: StoreTrial) => Promise<void>) => Promise<void>

const LONG = 60_000

const POLL = 5

const random = (): string => crypto.randomUUID().replaceAll('-', '')

export function trialsOf(adapter: RunStoreAdapter, short: number, timeout: number): TrialFactory {
  return async (run) => {
    const store = await adapter.open()
    let other: RunStore | undefined
    try {
      other = (await adapter.another?.()) ?? store
      const name = random()
      await run({
        store,
        other,
        short,
        key: (more = '') => name + more,
        token: random,
        async claim(key, { lease = LONG, keep = LONG } = {}) {
          const token = random()
          expectThat(await store.claim(key, { token, lease, keep }), 'a key that is free was refused')
          return token
        },
        async until(what, holds) {
          const deadline = Date.now() + timeout
          while (!(await holds())) {
            expectThat(Date.now() < deadline, `not within ${timeout} ms: ${what}`)
            await new Promise((resolve) => setTimeout(resolve, POLL))
          }
        },
      })
    } finally {
      if (other && other !== store) await other.close()
      await store.close()
    }
  }
}

/** A case, as the suite runs it. */
export function storeCase(name: string, rule: string, run: (trial: StoreTrial) => Promise<void>): StoreCase {
  return { name, rule, section: 'RunStore', run: (withTrial) => withTrial(run) }
}
