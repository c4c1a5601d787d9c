import { resolveRunsOptions } from '../../../src/runs/runs-options.js'
import { runsOver } from '../../../src/runs/runs-over.js'
import type { RunStore } from '../../../src/runs/run-store.js'
import type { Runs } from '../../../src/runs/runs.js'
import type { Scheduler } from '../../../src/server/channel/scheduler.js'
import type { Random } from '../random.js'
import type { SimScheduler } from '../channel/sim-scheduler.js'

/** How long a call of the store may be on its way, in milliseconds. */
const LATENCY = 30

export interface SimOptions {
  readonly lease: number
  readonly keep: number
  readonly maxBytes: number
}

/**
 * One process: runs over a store that all processes share. It can be killed, after which nothing that it waits for ever
 * comes, or be blocked for a while, and what was due in that time comes at its end.
 */
export class SimProcess {
  readonly runs: Runs
  readonly errors: unknown[] = []
  /** Timers that wait, by what calls them off. */
  readonly timers = new Set<() => void>()
  /** Watchers of the store. */
  watchers = 0
  #world: SimScheduler
  #random: Random
  #isDead = false
  #blocked: (() => void)[] | undefined

  constructor(world: SimScheduler, store: RunStore, random: Random, options: SimOptions & { failures: number }) {
    this.#world = world
    this.#random = random
    const { failures, ...given } = options
    const settings = resolveRunsOptions({ ...given, heartbeat: 0, onError: (error) => void this.errors.push(error) })
    this.runs = runsOver(settings, this.#over(store, failures), this.scheduler)
  }

  get isDead(): boolean {
    return this.#isDead
  }

  get isBlocked(): boolean {
    return this.#blocked !== undefined
  }

  readonly scheduler: Scheduler = {
    now: () => this.#world.now(),
    random: () => this.#random.next(),
    soon: (run) => this.#world.soon(() => this.#here(run)),
    later: (run, ms) => {
      const cancel = this.#world.later(() => {
        this.timers.delete(cancel)
        this.#here(run)
      }, ms)
      this.timers.add(cancel)
      return () => {
        this.timers.delete(cancel)
        cancel()
      }
    },
  }

  /** Resolves after so many milliseconds of this process. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.scheduler.later(resolve, ms))
  }

  kill(): void {
    this.#isDead = true
    for (const cancel of this.timers) cancel()
  }

  block(ms: number): void {
    this.#blocked ??= []
    this.#world.later(() => {
      const due = this.#blocked ?? []
      this.#blocked = undefined
      for (const run of due) this.#here(run)
    }, ms)
  }

  #here(run: () => void): void {
    if (this.#isDead) return
    if (this.#blocked) this.#blocked.push(run)
    else run()
  }

  /** The store as this process sees it: each call takes a while there and back, and may get lost on either way. */
  #over(store: RunStore, failures: number): RunStore {
    const ask = <T>(work: () => T | PromiseLike<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        const [there, back] = [this.#random.int(0, LATENCY), this.#random.int(0, LATENCY)]
        const isLost = this.#random.chance(failures)
        const isDone = this.#random.chance(0.5)
        this.#world.later(() => {
          // What a process had sent before it died still comes.
          const result = isLost && !isDone ? undefined : work()
          this.scheduler.later(() => (isLost ? reject(new Error('The store is away.')) : resolve(result as T)), back)
        }, there)
      })
    return {
      claim: (...all) => ask(() => store.claim(...all)),
      append: (...all) => ask(() => store.append(...all)),
      renew: (...all) => ask(() => store.renew(...all)),
      end: (...all) => ask(() => store.end(...all)),
      read: (...all) => ask(() => store.read(...all)),
      forget: (...all) => ask(() => store.forget(...all)),
      watch: (key, token, what, wake) => {
        this.watchers++
        const end = store.watch(key, token, what, () => void this.scheduler.later(wake, this.#random.int(0, LATENCY)))
        return () => {
          this.watchers--
          end()
        }
      },
      close: () => {},
    }
  }
}
