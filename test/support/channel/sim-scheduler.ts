import type { Scheduler } from '../../../src/server/channel/scheduler.js'
import type { Random } from './random.js'

/** Time that passes only when told to, and a loop that turns only then. */
export class SimScheduler implements Scheduler {
  readonly #random: Random
  #time = 0
  #next: (() => void)[] = []
  #timers: { at: number; run: () => void }[] = []

  constructor(random: Random) {
    this.#random = random
  }

  now(): number {
    return this.#time
  }

  random(): number {
    return this.#random.next()
  }

  soon(run: () => void): void {
    this.#next.push(run)
  }

  later(run: () => void, ms: number): () => void {
    const timer = { at: this.#time + ms, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Timers that wait. */
  get timers(): number {
    return this.#timers.length
  }

  get isIdle(): boolean {
    return this.#next.length === 0
  }

  /** One turn: what waits for it, not what that asks for. */
  turn(): void {
    for (const run of this.#next.splice(0)) run()
  }

  advance(ms: number): void {
    const end = this.#time + ms
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#timers = this.#timers.filter((timer) => timer !== due)
      this.#time = Math.max(this.#time, due.at)
      due.run()
    }
    this.#time = end
  }
}
