import type { Commands } from './commands.js'
import { replyCode, toRedisError } from './failure.js'
import type { Link, LinkFactory } from './link.js'
import { PageSize } from './page-size.js'
import { RedisTransportError } from './redis-error.js'
import { readEntry, type RawEntry } from './stored-entry.js'
import { idBefore } from './stream-id.js'
import { bounded, pause, sleep } from './wait.js'

/** How large a reply of XREAD should be, in bytes, while catching up. */
const REPLY_BYTES = 256 * 1024

/** Milliseconds until a stream that Redis refused is tried again. */
const SET_ASIDE = 1000

/** Milliseconds between looks at streams that came while the connection waits for others. */
const VISIT = 25

/** Sends a command, and gives its answer. */
export type Send = (args: readonly string[]) => Promise<unknown>

/** What a read found out about the place that it began at. */
export interface Proof {
  /** The entry at that place; `undefined` where it is gone. */
  readonly at: RawEntry | undefined
  /** Of the ids that `unread` gave, those without an entry. */
  readonly missing: readonly string[]
}

/** One stream that is read. All but the properties is called by the reader alone, one call after the other. */
export interface Followed {
  /** With the prefix of the client. */
  readonly key: string
  /** How long one XREAD may wait, in milliseconds. The smallest of all streams counts. */
  readonly blockMs: number
  /** How long Redis may take to answer, in milliseconds. The largest of all streams counts. */
  readonly timeoutMs: number
  /** The id to read on from; `undefined` while `settle` has to find one. */
  readonly position: string | undefined
  /** `true`: no entry has to be at `position`, and there is no proof. */
  readonly isUnproved?: boolean
  /** Looks for a position. */
  settle?(send: Send): Promise<void>
  /** Ids of entries that Redis has acknowledged and that are after `position`. */
  unread?(): readonly string[]
  /** The entries after `position`, none maybe. The stream moves its position. */
  onRead(entries: readonly RawEntry[], proof: Proof | undefined): void
  /** It cannot be read for now. Called again and again while that lasts. */
  onTrouble(error: RedisTransportError): void
}

interface Turn {
  /** The streams have not been read over this connection yet. */
  readonly isFirst: boolean
  /** Milliseconds that Redis may wait for entries; 0 for an answer at once. */
  readonly wait: number
}

/**
 * Reads all streams of the process that share a client, with one connection that waits in XREAD BLOCK.
 *
 * It never asks for "what comes from now on": it starts after an entry that exists, and after each read
 * looks for that entry again. As long as it is there, nothing after it was trimmed, and the stream is the one it was;
 * so that nothing can have been missed. Two commands for each time that Redis has something, whatever the number of
 * streams: the entries before the places of all streams are asked for in one XREAD.
 */
export class StreamReader {
  private readonly _links: LinkFactory
  private readonly _commands: Commands
  private readonly _closing = new AbortController()
  private readonly _page = new PageSize(REPLY_BYTES)
  private readonly _streams = new Set<Followed>()
  /** When to try streams again that Redis refused while it gave others. */
  private readonly _aside = new Map<Followed, number>()
  private _link: Link | undefined
  private _running: Promise<void> | undefined
  /** What the connection reads at present. */
  private _round: { readonly streams: ReadonlySet<Followed>; readonly over: AbortController } | undefined
  /** Looks at newcomers in the meantime. */
  private _visiting: Promise<void> | undefined
  private _visited: ReadonlySet<Followed> = new Set()
  /** How many streams the last reply had entries of. */
  private _busy = 1
  /** When all streams were last looked after, by the monotonic clock. */
  private _provedAt = 0
  /** Attempts in a row that failed. */
  private _failures = 0

  /** @param commands For streams that come while the connection waits. */
  constructor(links: LinkFactory, commands: Commands) {
    this._links = links
    this._commands = commands
  }

  /** Reads it from now on. The connection is opened for the first. */
  follow(stream: Followed): void {
    if (this._closing.signal.aborted) return
    this._streams.add(stream)
    if (!this._running) this._start()
    this._visiting ??= this._visit().finally(() => (this._visiting = undefined))
  }

  /** Nothing is told to it any more. The connection is closed after the last. */
  async unfollow(stream: Followed): Promise<void> {
    this._streams.delete(stream)
    this._aside.delete(stream)
    if (this._streams.size > 0) return
    await this._link?.close()
    if (this._streams.size === 0) await this._running
  }

  async close(): Promise<void> {
    this._closing.abort()
    this._streams.clear()
    await this._link?.close()
    await this._running
    await this._visiting
  }

  private get _timeoutMs(): number {
    return Math.max(1, ...[...this._streams].map(({ timeoutMs }) => timeoutMs))
  }

  private get _blockMs(): number {
    return Math.min(...[...this._streams].map(({ blockMs }) => blockMs))
  }

  private _start(): void {
    this._running = this._run().finally(() => {
      this._running = undefined
      if (this._streams.size > 0) this._start()
    })
  }

  private async _run(): Promise<void> {
    const { signal } = this._closing
    while (this._streams.size > 0) {
      const timeoutMs = this._timeoutMs
      const link = (this._link = this._links.create(timeoutMs))
      try {
        await bounded(link.open(), timeoutMs, () => late('open a connection', timeoutMs))
        await this._read(link)
      } catch (cause) {
        this._failures++
        const error = toRedisError(cause, 'answer the reader of the stream')
        for (const stream of this._streams) stream.onTrouble(error)
      }
      this._link = undefined
      await link.close()
      if (this._streams.size > 0) await pause(this._failures, signal)
    }
  }

  private async _read(link: Link): Promise<void> {
    const send: Send = (args) => link.send(args)
    const known = new WeakSet<Followed>()
    while (this._streams.size > 0) {
      const streams = [...this._streams].filter((stream) => !this._visited.has(stream))
      if (streams.length === 0) {
        await this._visiting
        continue
      }
      const isFirst = streams.some((stream) => !known.has(stream))
      for (const stream of streams) known.add(stream)
      const round = (this._round = { streams: new Set(streams), over: new AbortController() })
      // Some may have come since the last round.
      this._visiting ??= this._visit().finally(() => (this._visiting = undefined))
      try {
        // An answer at once says whether the places are still good.
        const isAny = await this._step(send, streams, { isFirst, wait: isFirst ? 0 : this._wait() })
        if (!isAny) await sleep(SET_ASIDE, this._closing.signal)
      } finally {
        this._round = undefined
        round.over.abort()
      }
      this._failures = 0
    }
  }

  /** Until something is due, if Redis has nothing. */
  private _wait(): number {
    const now = performance.now()
    const retries = [...this._aside.values()].map((time) => Math.max(1, Math.ceil(time - now)))
    return Math.min(this._blockMs, ...retries)
  }

  /** Looks at newcomers over the other connection, until this one has come back and takes them along. */
  private async _visit(): Promise<void> {
    const send: Send = (args) => this._commands.send(args, 'give what is new', this._timeoutMs)
    // What comes together is looked at together.
    await Promise.resolve()
    for (;;) {
      const round = this._round
      const newcomers = round && [...this._streams].filter((stream) => !round.streams.has(stream))
      if (!round || !newcomers?.length) return
      this._visited = new Set(newcomers)
      try {
        await this._step(send, newcomers, { isFirst: true, wait: 0 })
      } catch {
        // The connection takes them along all the same, and tells what is wrong.
        return
      } finally {
        this._visited = new Set()
      }
      await sleep(VISIT, round.over.signal)
    }
  }

  /** Reads some streams once. Gives whether there was any that can be read. */
  private async _step(send: Send, streams: readonly Followed[], { isFirst, wait }: Turn): Promise<boolean> {
    const now = performance.now()
    const tried = streams.filter((stream) => (this._aside.get(stream) ?? 0) <= now)
    const doubtful = tried.filter((stream) => stream.position === undefined || this._aside.has(stream))
    await this._sort(doubtful, (stream) => (stream.position === undefined ? stream.settle!(send) : look(send, stream)))
    const placed = tried.filter((stream) => stream.position !== undefined && !this._aside.has(stream))
    if (placed.length === 0) return false

    try {
      await this._readPlaced(send, placed, { isFirst, wait: doubtful.length === 0 ? wait : 0 })
    } catch (error) {
      if (placed.length === 1 || replyCode(error) === undefined) throw error
      if (!(await this._sort(placed, (stream) => look(send, stream)))) throw error
    }
    return true
  }

  private async _readPlaced(send: Send, placed: readonly Followed[], { isFirst, wait }: Turn): Promise<void> {
    const timeoutMs = this._timeoutMs
    const isLate = (): unknown => late('answer', timeoutMs + wait)
    const share = isFirst ? placed.length : this._busy
    const words = ['XREAD', 'COUNT', String(Math.max(1, Math.ceil(this._page.count / share)))]
    if (wait > 0) words.push('BLOCK', String(wait))
    const places = placed.map(({ position }) => position!)
    const reading = send([...words, 'STREAMS', ...placed.map(({ key }) => key), ...places])
    // With one stream it is known beforehand which: then both are sent together, and answered together.
    const early = placed.length === 1 ? prove(send, placed, isFirst) : undefined
    early?.catch(() => {})
    const reply = (await bounded(reading, wait + timeoutMs, isLate)) as [key: string, entries: RawEntry[]][] | null
    const found = new Map(reply)
    this._learn(found)
    const isAll = isFirst || found.size === 0 || performance.now() - this._provedAt >= this._blockMs
    if (isAll) this._provedAt = performance.now()
    const read = isAll ? placed : placed.filter(({ key }) => found.has(key))
    const proofs = await bounded(early ?? prove(send, read, isFirst), timeoutMs, isLate)
    for (const stream of read) {
      if (this._streams.has(stream)) stream.onRead(found.get(stream.key) ?? [], proofs.get(stream))
    }
  }

  private _learn(found: ReadonlyMap<string, RawEntry[]>): void {
    let entries = 0
    let bytes = 0
    for (const raw of found.values()) {
      entries += raw.length
      for (const each of raw) bytes += readEntry(each).size
    }
    this._page.learn(entries, bytes)
    this._busy = Math.max(1, found.size)
  }

  /**
   * Asks for each stream alone, and sets those aside that Redis refuses, so that one cannot keep all others from being
   * read. Gives whether there were any.
   *
   * @throws where the connection is at fault, or Redis refuses everything.
   */
  private async _sort(streams: readonly Followed[], ask: (stream: Followed) => Promise<unknown>): Promise<boolean> {
    const timeoutMs = this._timeoutMs
    const asking = Promise.allSettled(streams.map(ask))
    const outcomes = await bounded(asking, timeoutMs, () => late('answer', timeoutMs))
    const failures = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? (outcome.reason as unknown) : undefined,
    )
    const refused = failures.filter((error) => error !== undefined)
    const broken = refused.find((error) => replyCode(error) === undefined)
    if (broken !== undefined) throw broken
    if (refused.length > 0 && refused.length === this._streams.size) throw refused[0]
    for (const [index, stream] of streams.entries()) {
      this._aside.delete(stream)
      if (failures[index] === undefined || !this._streams.has(stream)) continue
      this._aside.set(stream, performance.now() + SET_ASIDE)
      stream.onTrouble(toRedisError(failures[index], 'answer the reader of the stream'))
    }
    return refused.length > 0
  }
}

/** Whether the stream can be read at all. */
function look(send: Send, { key, position }: Followed): Promise<unknown> {
  return send(['XREAD', 'COUNT', '1', 'STREAMS', key, position!])
}

/** Looks for the entries at the places of the streams. */
async function prove(
  send: Send,
  streams: readonly Followed[],
  isFirst: boolean,
): Promise<ReadonlyMap<Followed, Proof>> {
  const proved = streams.filter(({ isUnproved }) => !isUnproved)
  if (proved.length === 0) return new Map()
  const places = proved.map(({ position }) => position!)
  const unread = proved.map((stream) => (isFirst ? (stream.unread?.() ?? []) : []))
  const keys = proved.map(({ key }) => key)
  const asking = send(['XREAD', 'COUNT', '1', 'STREAMS', ...keys, ...places.map(idBefore)])
  const own = unread.map((ids, index) => Promise.all(ids.map((id) => send(['XRANGE', keys[index]!, id, id]))))
  const [reply, found] = await Promise.all([asking, Promise.all(own)])
  const next = new Map((reply as [key: string, entries: RawEntry[]][] | null)?.map(([key, [entry]]) => [key, entry]))
  return new Map(
    proved.map((stream, index) => {
      const at = next.get(keys[index]!)
      const missing = unread[index]!.filter((_, which) => (found[index]![which] as unknown[]).length === 0)
      return [stream, { at: at?.[0] === places[index] ? at : undefined, missing }]
    }),
  )
}

function late(what: string, ms: number): RedisTransportError {
  return new RedisTransportError('ERR_REDIS_TIMEOUT', `Redis did not ${what} within ${ms} ms.`)
}
