import { vi } from 'vitest'
import type { Entry } from '../../../src/server/channel/entry.js'
import type { HistoryLimits, Page, Subscriber, Transport } from '../../../src/server/channel/transport.js'

export const LIMITS: HistoryLimits = { size: 1000, maxAge: 600_000, maxBytes: 8 * 1024 * 1024 }

/** Subscribes to a transport, as a channel would, and remembers what it is told. */
export class Recorder implements Subscriber {
  readonly log: string[] = []
  readonly resets: string[] = []
  readonly entries: Entry[] = []
  readonly errors: unknown[] = []

  constructor(transport: Transport, limits: HistoryLimits = LIMITS) {
    transport.subscribe(this, limits)
  }

  onReset(position: string): void {
    this.resets.push(position)
    this.log.push('reset')
  }

  onEntry(entry: Entry): void {
    this.entries.push(entry)
    this.log.push(entry.data)
  }

  onError(error: unknown): void {
    this.errors.push(error)
  }

  onEnd(error: unknown): void {
    this.errors.push(error)
  }

  get codes(): string[] {
    return this.errors.map((error) => (error as { code: string }).code)
  }

  /** Resolves when something is so. */
  async until(isSo: (recorder: this) => boolean, what = 'the recorder'): Promise<void> {
    await vi.waitFor(
      () => {
        if (!isSo(this))
          throw new Error(`still waiting for ${what}: ${this.log.slice(-20).join(' ')} ${this.codes.join(' ')}`)
      },
      { timeout: 15_000, interval: 5 },
    )
  }

  /** Resolves when an event with this data was delivered. */
  async heard(data: string): Promise<Entry> {
    await this.until(({ entries }) => entries.some((entry) => entry.data === data), data)
    return this.entries.find((entry) => entry.data === data)!
  }

  /** Resolves when the channel has a place. */
  async placed(): Promise<string> {
    await this.until(({ resets }) => resets.length > 0, 'a place')
    return this.resets[0]!
  }
}

/** All that a replay gives, in order; `undefined` where it breaks off. */
export async function replay(transport: Transport, after: string, upTo: string): Promise<string[] | undefined> {
  const all: string[] = []
  for (let position = after; position !== upTo;) {
    const page: Page | undefined = await transport.range(position, upTo)
    if (!page) return undefined
    all.push(...page.entries.map(({ data }) => data))
    position = page.position
  }
  return all
}

export const tick = (data: string): { event: string; data: string; json: boolean } => ({
  event: 'tick',
  data,
  json: false,
})
