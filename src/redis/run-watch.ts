import type { Link, LinkFactory } from './link.js'
import { bounded, pause } from './wait.js'

/** Milliseconds that one XREAD waits, which is how late a new watcher joins at most. */
const BLOCK = 100

interface Watcher {
  /** The newest entry that it was told of, by stream. */
  readonly streams: Map<string, string>
  readonly wake: () => void
}

/**
 * Waits for entries of streams on one connection, which is there while anyone watches. A reader that joins is first
 * told what is there. Never rejects: where Redis is away, it connects again until nobody watches.
 */
export class RunWatch {
  private readonly _links: LinkFactory
  private readonly _timeoutMs: number
  private readonly _watchers = new Set<Watcher>()
  private readonly _closing = new AbortController()
  private _working: Promise<void> | undefined
  private _link: Link | undefined

  constructor(links: LinkFactory, timeoutMs: number) {
    this._links = links
    this._timeoutMs = timeoutMs
  }

  add(streams: readonly string[], wake: () => void): () => void {
    const watcher = { streams: new Map(streams.map((stream) => [stream, '0-0'])), wake }
    this._watchers.add(watcher)
    this._start()
    return () => void this._watchers.delete(watcher)
  }

  async close(): Promise<void> {
    this._closing.abort()
    this._watchers.clear()
    await this._link?.close()
    await this._working
  }

  private _start(): void {
    if (this._closing.signal.aborted) return
    this._working ??= this._work().finally(() => {
      this._working = undefined
      if (this._watchers.size > 0) this._start()
    })
  }

  private async _work(): Promise<void> {
    let failures = 0
    while (this._watchers.size > 0) {
      const link = (this._link = this._links.create(this._timeoutMs))
      try {
        await bounded(link.open(), this._timeoutMs, () => new Error('No connection in time.'))
        while (this._watchers.size > 0) {
          await this._read(link)
          failures = 0
        }
      } catch {
        // The commands say what is wrong; who waits here is told when Redis is back.
        failures++
      } finally {
        this._link = undefined
        await link.close()
      }
      if (this._watchers.size > 0) await pause(failures, this._closing.signal)
    }
  }

  private async _read(link: Link): Promise<void> {
    // The place of the watcher that is furthest behind, for each stream.
    const places = new Map<string, string>()
    for (const { streams } of this._watchers) {
      for (const [stream, place] of streams) {
        const other = places.get(stream)
        if (other === undefined || numberOf(place) < numberOf(other)) places.set(stream, place)
      }
    }
    const args = ['XREAD', 'COUNT', '1000', 'BLOCK', String(BLOCK), 'STREAMS', ...places.keys(), ...places.values()]
    const reply = (await bounded(link.send(args), this._timeoutMs + BLOCK, () => new Error('No answer in time.'))) as
      | [string, [string][]][]
      | null
    const newest = new Map(reply?.map(([stream, entries]) => [stream, entries.at(-1)![0]]))
    if (newest.size === 0) return
    for (const { streams, wake } of this._watchers) {
      let isNews = false
      for (const [stream, place] of streams) {
        const id = newest.get(stream)
        if (id === undefined || numberOf(id) <= numberOf(place)) continue
        streams.set(stream, id)
        isNews = true
      }
      if (isNews) wake()
    }
  }
}

function numberOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')))
}
