import { OptionError } from '../../errors/option-error.js'
import type { EventRequest } from '../event-request.js'
import { defer, type Deferred } from '../async.js'
import type { Sink, SinkOwner } from '../sink.js'
import type { StreamMessage } from '../stream-message.js'
import { LIVE, NEW, NEXT, type ChannelCloseReason, type Phase } from './phase.js'

/**
 * One connection of a channel, from the moment it is let in until it is gone. Any code may use it at any time; after the
 * end its methods do nothing.
 */
export interface ChannelReader<C = unknown> {
  /** Unguessable, and of this connection alone. */
  readonly id: string
  /** What `authorize` gave; with `reauthorize`, what it gave last. */
  readonly context: C
  /** The request that it came with: what its sender says, to be trusted in nothing. */
  readonly request: EventRequest
  /** When it was let in, in milliseconds since the epoch. */
  readonly since: number
  /** `undefined`: everything. */
  readonly topics: ReadonlySet<string> | undefined
  /**
   * Takes other topics from here on: for what is published after the call. In `onConnect` it counts for what is
   * replayed, too. When the reader comes back, the option `topics` is asked again.
   *
   * @throws {OptionError} for what are no strings.
   */
  setTopics(topics: Iterable<string>): void
  /**
   * Sends to this connection alone, outside the history, in the order of the calls and of what was published before.
   * `false` where more than 64 KiB wait for it (the message was taken), and where it has ended or is behind (it was not).
   *
   * @throws {EncodeError} for what the format or JSON cannot carry, and for an `id`: ids are the channel's.
   */
  send(message: StreamMessage): boolean
  /**
   * Ends the connection after what was sent and published so far. Its reader comes back, after `retry` milliseconds where
   * that is given, unless `authorize` refuses it then.
   */
  close(options?: { retry?: number }): void
  /** Resolves once the connection is gone. Never rejects. */
  readonly closed: Promise<ChannelCloseReason>
  /** Bytes that the transport has not taken yet. */
  readonly bufferedBytes: number
}

/** What readers ask of the hub. */
export interface ReaderOwner {
  onDrain(reader: Reader): void
  onClose(reader: Reader, byReader: boolean): void
  send(reader: Reader, message: StreamMessage): boolean
  setTopics(reader: Reader, topics: ReadonlySet<string>): void
  /** @throws {OptionError} */
  dismiss(reader: Reader, options: { retry?: number } | undefined): void
}

/** What a reader was let in with. */
export interface Admission {
  readonly context: unknown
  /** `undefined`: all. */
  readonly topics: ReadonlySet<string> | undefined
  readonly request: EventRequest
  /** Whom it counts for in `limit`. */
  readonly user?: string | undefined
}

/** Topics that a reader had, for what was published up to `until`. */
interface Earlier {
  readonly until: string
  readonly topics: ReadonlySet<string> | undefined
}

/** Thousands of them idle: no closures, and fields for what cannot be shared only. */
export class Reader implements SinkOwner, ChannelReader {
  readonly owner: ReaderOwner
  readonly request: EventRequest
  readonly user: string | undefined
  readonly since: number = Date.now()
  context: unknown
  topics: ReadonlySet<string> | undefined
  /** There while it is given what was published before its topics changed. The oldest first. */
  earlier: Earlier[] | undefined
  sink!: Sink
  /** What `onConnect` gave, `true` once that is over; `undefined` before it was called. */
  connected: Promise<void> | true | undefined
  /** The number in the log of the first entry that is for this reader. */
  next = 0
  /** Bytes handed to the sink, and how many of them it had passed on at the last look. */
  written = 0
  taken = 0
  /** In ticks of the sweep: the last write, the last look that saw progress, the end of its time, the next `authorize`. */
  wroteAt = 0
  movedAt = 0
  expiresAt = 0
  askAt = 0
  private _phase: Phase = NEW
  private _id: string | undefined
  private _ending: Deferred<ChannelCloseReason> | undefined

  constructor(owner: ReaderOwner, { context, topics, request, user }: Admission) {
    this.owner = owner
    this.context = context
    this.topics = topics
    this.request = request
    this.user = user
  }

  get phase(): Phase {
    return this._phase
  }

  get isOver(): boolean {
    return this._phase.kind === 'ending' || this._phase.kind === 'closed'
  }

  get id(): string {
    return (this._id ??= crypto.randomUUID())
  }

  get bufferedBytes(): number {
    return this._phase.kind === 'closed' ? 0 : this.sink.bufferedBytes
  }

  get closed(): Promise<ChannelCloseReason> {
    this._ending ??= defer()
    if (this._phase.kind === 'closed') this._ending.resolve(this._phase.reason)
    return this._ending.promise
  }

  /** The one way from phase to phase. `false`, and nothing changed, where `phase` may not follow the present one. */
  become(phase: Phase): boolean {
    if (!NEXT[this._phase.kind].includes(phase.kind)) return false
    this._phase = phase
    if (phase === LIVE) this.earlier = undefined
    if (phase.kind === 'closed') this._ending?.resolve(phase.reason)
    return true
  }

  /**
   * The one way to write. For a phase that is over it writes nothing and gives `false`: the text may be about a place
   * that the reader has left since.
   */
  write(phase: Phase, wire: Uint8Array): boolean {
    if (this._phase !== phase || this.isOver) return false
    this.sink.write(wire)
    this.written += wire.byteLength
    return true
  }

  send(message: StreamMessage): boolean {
    return this.owner.send(this, message)
  }

  setTopics(topics: Iterable<string>): void {
    this.owner.setTopics(this, topicSet(topics))
  }

  close(options?: { retry?: number }): void {
    this.owner.dismiss(this, options)
  }

  onDrain(): void {
    this.owner.onDrain(this)
  }

  onClose(byReader: boolean): void {
    this.owner.onClose(this, byReader)
  }
}

/** @throws {OptionError} */
export function topicSet(topics: string | Iterable<string>): ReadonlySet<string> {
  const given: unknown = topics
  const isList = typeof given === 'object' && given !== null && Symbol.iterator in given
  const list = typeof topics === 'string' ? [topics] : isList ? [...topics] : [undefined]
  if (list.every((topic) => typeof topic === 'string')) return new Set(list)
  throw new OptionError('topics', 'must be a string, or an iterable of strings')
}
