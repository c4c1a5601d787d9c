import { expect, vi } from 'vitest'

/** Counts what code under test leaves behind. Node's own timers do not pass through here. */
export class LeakCount {
  readonly timers = new Set<unknown>()
  readonly rejections: unknown[] = []
  readonly #restore: (() => void)[] = []

  constructor() {
    const { setTimeout: set, clearTimeout: clear } = globalThis
    const setSpy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((call: () => void, delay?: number) => {
      const timer = set(() => {
        this.timers.delete(timer)
        call()
      }, delay)
      this.timers.add(timer)
      return timer
    }) as typeof setTimeout)
    const clearSpy = vi.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
      this.timers.delete(timer)
      clear(timer as NodeJS.Timeout)
    })
    const onRejection = (reason: unknown): unknown => this.rejections.push(reason)
    process.on('unhandledRejection', onRejection)
    this.#restore.push(
      () => setSpy.mockRestore(),
      () => clearSpy.mockRestore(),
      () => process.off('unhandledRejection', onRejection),
    )
  }

  expectNone(): void {
    expect({ timers: this.timers.size, rejections: this.rejections }).toEqual({ timers: 0, rejections: [] })
  }

  [Symbol.dispose](): void {
    for (const restore of this.#restore) restore()
  }
}
