/** See `createGate`. */
export interface Gate {
  /** Settles when `open` is called. */
  readonly opened: Promise<void>
  /** Lets everything through that waits, now and later. Calling it again does nothing. */
  open(): void
}

/**
 * A gate for `wait` steps: the script goes on when the test says so, instead of after a time that is
 * always too long or too short.
 *
 * @example
 * ```ts
 * import { createGate, scriptedResponse } from 'eventwire/testing'
 *
 * const gate = createGate()
 * const response = scriptedResponse([{ event: { data: 'one' } }, { wait: gate.opened }, { event: { data: 'two' } }])
 * gate.open()
 * await response.text() // => 'data: one\n\ndata: two\n\n'
 * ```
 */
export function createGate(): Gate {
  let open!: () => void
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}
