import { createEntry, type Entry, type TransportMessage } from '../server/channel/entry.js'
import { History } from '../server/channel/history.js'
import type { GapReason, HistoryLimits, Page, Subscriber, Transport } from '../server/channel/transport.js'
import { appendCommand } from './append.js'
import { loadBacklog, type Backlog } from './backlog.js'
import { closed } from './commands.js'
import { PageSize } from './page-size.js'
import { RedisTransportError } from './redis-error.js'
import type { Use } from './shared.js'
import { readEntries, sizeOf, type StoredEntry } from './stored-entry.js'
import type { StreamListener } from './followed-stream.js'
import { compareStreamIds, isStreamId, timeOf } from './stream-id.js'

/** Bytes of one page of a replay, about: more than of one from memory, because a command has a price of its own. */
const PAGE_BYTES = 64 * 1024

/** Milliseconds that the clocks of Redis, this process and others may differ by. */
const CLOCK_DIFFERENCE = 60_000

/** Ids that are remembered for each event the history may hold, and at most. */
const SEEN_PER_EVENT = 10
const MOST_SEEN = 100_000

export interface StreamTransportOptions {
  readonly channel: string
  readonly maxLen: number
  readonly expire?: number | undefined
  readonly timeoutMs: number
}

/** A place from which entries follow, while what comes before it is being fetched. */
interface Arrival {
  readonly entries: StoredEntry[]
}

function placeUnknown(): RedisTransportError {
  const text = 'Redis did not give the history: entries were lost, and a place to go on from is being looked for.'
  return new RedisTransportError('ERR_REDIS_CONNECTION', text)
}

/** One channel on one stream. */
export class StreamTransport implements Transport, StreamListener {
  readonly channel: string
  readonly compare = (a: string, b: string): number =>
    this._isPlausible(a) && this._isPlausible(b) ? compareStreamIds(a, b) : NaN
  private readonly _use: Use
  private readonly _options: StreamTransportOptions
  private readonly _page = new PageSize(PAGE_BYTES)
  /** Questions under way, for all who ask the same. */
  private readonly _asked = new Map<string, Promise<unknown>>()
  private _subscriber: Subscriber | undefined
  private _limits: HistoryLimits | undefined
  private _history: History | undefined
  private _arrival: Arrival | undefined
  /** Entries were lost, and the channel has not been told yet. */
  private _isLost = false
  private _released: Promise<void> | undefined
  /** The newest place that the channel was given. */
  private _position = '0-0'
  /** The newest place that was read. */
  private _newest = '0-0'
  /** Ids that were read since the last loss, beyond those that the history holds. Bounded; the oldest go first. */
  private _seen = new Set<string>()

  constructor(use: Use, options: StreamTransportOptions) {
    this._use = use
    this._options = options
    this.channel = options.channel
  }

  async publish(message: TransportMessage): Promise<string> {
    if (this._released) throw closed()
    const { commands, key, stream } = this._use
    const command = appendCommand(key, message, this._options)
    const id = (await commands.send(command, 'take the event', this._options.timeoutMs)) as string
    stream.added(id, commands.connections)
    return id
  }

  subscribe(subscriber: Subscriber, limits: HistoryLimits): void {
    if (this._released) return
    this._subscriber = subscriber
    this._limits = limits
    this._use.stream.join(this)
  }

  onLost(): void {
    this._isLost = true
  }

  onPlace(position: string): void {
    this._newest = position
    const arrival: Arrival = { entries: [] }
    this._arrival = arrival
    const arrive = (backlog: Backlog): void => {
      if (this._arrival === arrival) this._arrive(position, backlog, arrival)
    }
    loadBacklog(this._ask, { key: this._use.key, position, limits: this._limits!, page: this._page }).then(arrive, () =>
      // Without it, readers that come back are served from Redis, as soon as it can be asked.
      arrive({ start: position, entries: [] }),
    )
  }

  private _arrive(position: string, { start, entries }: Backlog, arrival: Arrival): void {
    const history = new History(this._limits!, { compare: compareStreamIds, now: Date.now, start })
    this._seen = new Set([position])
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = this._entryOf(entries[index]!)
      if (!entry) continue
      history.push(entry, timeOf(entry.id))
      this._see(entry.id)
    }
    this._history = history
    this._arrival = undefined
    this._isLost = false
    this._position = position
    this._subscriber?.onReset(position)
    for (const stored of arrival.entries) this.onStored(stored)
  }

  onStored(stored: StoredEntry): void {
    if (this._released) return
    this._newest = stored.id
    // Also where the place changed again while entries are handed on.
    if (this._arrival) return void this._arrival.entries.push(stored)
    const entry = this._entryOf(stored)
    if (!entry) {
      const text = `The entry ${stored.id} of the stream is no event, and was passed over. It needs a field "data".`
      return this.onError(new RedisTransportError('ERR_REDIS_ENTRY', text))
    }
    this._history!.push(entry)
    this._see(entry.id)
    this._position = entry.id
    this._subscriber?.onEntry(entry)
  }

  onError(error: RedisTransportError): void {
    if (!this._released) this._subscriber?.onError(error)
  }

  has(id: string, topics?: ReadonlySet<string>): true | GapReason | Promise<true | GapReason> {
    if (!this._isPlausible(id)) return 'unknown'
    const history = this._history
    if (history && (id === history.start || history.holds(id))) return true
    // Redis and the memory may have let the entry go: what follows it for this reader may be here all the same.
    if (history && this._seen.has(id) && history.covers(id, topics)) return true
    // The channel will send all readers to the new place, and this one may be ahead of it.
    if (this._isLost) return Promise.reject(placeUnknown())
    return this._once(`has ${id}`, () => this._exists(id))
  }

  range(after: string, upTo: string, topics?: ReadonlySet<string>): Page | undefined | Promise<Page | undefined> {
    // The memory reaches as far as what was delivered; Redis may be ahead of that.
    const isHeld = compareStreamIds(upTo, this._position) <= 0
    const held = isHeld ? this._history?.page(after, upTo, topics) : undefined
    return held ?? this._once(`range ${after} ${upTo}`, () => this._fetch(after, upTo))
  }

  private _see(id: string): void {
    this._seen.add(id)
    if (this._seen.size <= Math.min(this._limits!.size * SEEN_PER_EVENT, MOST_SEEN)) return
    for (const oldest of this._seen) return void this._seen.delete(oldest)
  }

  /** One that is further ahead than clocks differ was forged. What Redis gave tells how late it is there. */
  private _isPlausible(id: string): boolean {
    return isStreamId(id) && timeOf(id) <= Math.max(Date.now(), timeOf(this._newest)) + CLOCK_DIFFERENCE
  }

  close(): Promise<void> {
    if (!this._released) {
      this._subscriber = this._arrival = undefined
      this._use.stream.leave(this)
      this._released = this._use.release()
    }
    return this._released
  }

  private async _exists(id: string): Promise<true | GapReason> {
    const { key } = this._use
    const [entry] = readEntries(await this._ask('XRANGE', key, id, id, 'COUNT', '1'))
    if (entry) return true
    const [[first], [newest]] = await Promise.all([
      this._ask('XRANGE', key, '-', '+', 'COUNT', '1').then(readEntries),
      this._ask('XREVRANGE', key, '+', '-', 'COUNT', '1').then(readEntries),
    ])
    // It may have been given all there is, by a process that has got further. Told of a gap at a place before that,
    // it would be given some of it again.
    if (newest && this._subscriber) await this._use.stream.reached(newest.id)
    if (this._isLost || this._arrival) throw placeUnknown()
    return !first || compareStreamIds(id, first.id) < 0 ? 'expired' : 'unknown'
  }

  private async _fetch(after: string, upTo: string): Promise<Page | undefined> {
    const count = this._page.count + 1
    // With the entry that was read last: as long as it exists, nothing after it was trimmed.
    const reply = await this._ask('XRANGE', this._use.key, after, upTo, 'COUNT', String(count))
    const [previous, ...stored] = readEntries(reply)
    if (previous?.id !== after || stored.some((entry) => entry.mark === 'break')) return undefined
    this._page.learn(stored.length, sizeOf(stored))
    const position = stored.at(-1)?.id ?? after
    // The end is an entry too. Where it is gone, Redis has lost entries that were delivered.
    if (stored.length + 1 < count && position !== upTo) return undefined
    const entries: Entry[] = []
    for (const one of stored) {
      const entry = one.channel === this.channel ? this._entryOf(one) : undefined
      if (entry && !entry.ephemeral) entries.push(entry)
    }
    return { entries, position }
  }

  /** `undefined` for what is no event, or for another channel. */
  private _entryOf({ id, channel, message }: StoredEntry): Entry | undefined {
    if (!message || channel !== this.channel) return undefined
    try {
      return createEntry(id, message)
    } catch {
      return undefined
    }
  }

  private readonly _ask = (...args: string[]): Promise<unknown> =>
    this._use.commands.send(args, 'give the history', this._options.timeoutMs)

  private _once<T>(question: string, ask: () => Promise<T>): Promise<T> {
    let answer = this._asked.get(question) as Promise<T> | undefined
    if (!answer) {
      answer = ask()
      this._asked.set(question, answer)
      const done = (): unknown => this._asked.delete(question)
      answer.then(done, done)
    }
    return answer
  }
}
