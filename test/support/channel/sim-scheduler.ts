import type { Scheduler } from '../../../src/server/channel/scheduler.js'
import type { Random } from '../random.js'

interface Timer {
  at: number
  run: () => void
}

/** Time that passes only when told to, and a loop that turns only then. */
export class SimScheduler implements Scheduler {
  readonly #random: Random
  #time = 0
  #next: (() => void)[] = []
  #timers: Timer[] = []

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

  /** One turn: what waits for it, not what that asks for. */
  turn(): void {
    for (const run of this.#next.splice(0)) run()
  }

  advance(ms: number): void {
    const end = this.#time + ms
    for (;;) {
      let due: Timer | undefined
      for (const timer of this.#timers) if (timer.at <= end && !(due && due.at <= timer.at)) due = timer
      if (!due) break
      const { at, run } = due
      this.#timers = this.#timers.filter((timer) => timer !== due)
      this.#time = Math.max(this.#time, at)
      run()
    }
    this.#time = end
  }
}
