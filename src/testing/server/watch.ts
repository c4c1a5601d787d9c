import { WaitTimeoutError } from '../script/wait.js'

/** Wakes those who wait for a state of the server, and bounds their wait. */
export class Watch {
  readonly #waiting = new Set<() => void>()
  #failure: { error: unknown } | undefined

  /** Something has changed: everybody looks again. */
  changed(): void {
    for (const look of this.#waiting) look()
  }

  /** Whoever waits, now or later, is told `error`; the first one counts. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.changed()
  }

  throwFailure(): void {
    if (this.#failure) throw this.#failure.error
  }

  async until<T>(find: () => T | undefined, timeout: number, describe: () => string): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined
    let look!: () => void
    try {
      return await new Promise<T>((resolve, reject) => {
        look = () => {
          const found = find()
          if (found !== undefined) resolve(found)
          else if (this.#failure) reject(this.#failure.error as Error)
        }
        timer = setTimeout(() => reject(new WaitTimeoutError(`${describe()} (after ${timeout} ms)`)), timeout)
        this.#waiting.add(look)
        look()
      })
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(look)
    }
  }
}
