import { WaitTimeoutError } from '../script/wait.js'

/** Wakes those who wait for a state of the server, and bounds their wait. */
export class Watch {
  private readonly _waiting = new Set<() => void>()
  private _failure: { error: unknown } | undefined

  /** Something has changed: everybody looks again. */
  changed(): void {
    for (const look of this._waiting) look()
  }

  /** All who wait, now or later, are told `error`; the first one counts. */
  fail(error: unknown): void {
    this._failure ??= { error }
    this.changed()
  }

  throwFailure(): void {
    if (this._failure) throw this._failure.error
  }

  async until<T>(find: () => T | undefined, timeout: number, describe: () => string): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined
    let look!: () => void
    try {
      return await new Promise<T>((resolve, reject) => {
        look = () => {
          const found = find()
          if (found !== undefined) resolve(found)
          else if (this._failure) reject(this._failure.error as Error)
        }
        timer = setTimeout(() => reject(new WaitTimeoutError(`${describe()} (after ${timeout} ms)`)), timeout)
        this._waiting.add(look)
        look()
      })
    } finally {
      clearTimeout(timer)
      this._waiting.delete(look)
    }
  }
}
