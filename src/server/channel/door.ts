import { MAX_DELAY } from '../../wire/constants.js'
import { requestedId } from '../event-request.js'
import type { Exchange } from '../exchange.js'
import { Http2Sessions } from '../http2-sessions.js'
import { refuse, refuseByStatus } from '../refuse.js'
import { authorize, describe } from './admit.js'
import type { ChannelOptions, ChannelSettings } from './channel-options.js'
import type { Hub } from './hub.js'
import type { RefusalReason } from './hub-options.js'
import { Reader, type Admission } from './reader.js'
import { hostScheduler } from './scheduler.js'

/** Times the reconnection time: there is no use in coming back soon. */
const REFUSED_FACTOR = 5

/** Milliseconds between the attempts of a reader that was replaced. */
const A_DAY = 24 * 3600 * 1000

/** Those of a channel, whatever its types. */
export type DoorOptions = ChannelOptions<never, unknown>

/** Lets readers in, or answers them something else. */
export class Door {
  private readonly _options: DoorOptions
  private readonly _settings: ChannelSettings
  private readonly _hub: Hub
  private readonly _sessions = new Http2Sessions()
  /** When the next process is expected; there once the channel closes. */
  private _reopensAt: number | undefined

  constructor(options: DoorOptions, settings: ChannelSettings, hub: Hub) {
    this._options = options
    this._settings = settings
    this._hub = hub
  }

  /** From now on all newcomers are refused. */
  shut(drain: number, restart: number): void {
    this._reopensAt = hostScheduler.now() + drain + restart
  }

  endSessions(): void {
    this._sessions.end()
  }

  /** Answers, unless the reader has left. Rejects only where a response that a hook gave cannot be read. */
  async enter(exchange: Exchange): Promise<void> {
    this._sessions.add(exchange)
    if (exchange.answerMethod()) return
    const full = this._fullFor()
    if (full) return this._refuse(exchange, full)
    let admission: Admission | undefined
    try {
      admission = await this._admit(exchange)
    } catch (error) {
      this._settings.report(error)
      if (!this._left(exchange)) this._refuse(exchange, 'failed')
      return
    }
    if (!admission || this._left(exchange)) return
    // The hooks may have taken their time. From here on there is nothing more to wait for.
    const reason = this._fullFor() ?? this._overLimit(admission.user)
    if (reason) return this._refuse(exchange, reason)
    if (exchange.isHead) return exchange.reply(200)
    this._makeRoom(admission.user)
    const reader = new Reader(this._hub, admission)
    reader.sink = exchange.openSink(reader)
    exchange.writeHead(200)
    // An id that cannot be used is no reason to start again in silence.
    const { request } = exchange
    this._hub.join(reader, requestedId(request) === '' ? undefined : request.lastEventId)
  }

  /** `undefined` where `authorize` has refused: it is answered then. */
  private async _admit(exchange: Exchange): Promise<Admission | undefined> {
    const { request } = exchange
    const answer = await authorize(this._options, request)
    if (this._left(exchange)) return undefined
    if ('context' in answer) return describe(this._options, request, answer.context)
    this._hub.acts.tell('refused', 'unauthorized')
    if (answer.refusal) await exchange.pass(answer.refusal)
    else exchange.reply(403, 'Forbidden\n')
    return undefined
  }

  /** A web request that was aborted is owed a response all the same. */
  private _left(exchange: Exchange): boolean {
    if (!exchange.isGone) return false
    exchange.abandon()
    return true
  }

  private _fullFor(): RefusalReason | undefined {
    if (this._reopensAt !== undefined) return 'closing'
    return this._hub.readers.size < (this._options.maxConnections ?? Infinity) ? undefined : 'maxConnections'
  }

  private _overLimit(user: string | undefined): RefusalReason | undefined {
    const { limit } = this._options
    if (!limit || limit.beyond === 'replace' || user === undefined) return undefined
    return (this._hub.readers.ofUser(user)?.size ?? 0) < limit.max ? undefined : 'limit'
  }

  private _makeRoom(user: string | undefined): void {
    const { limit } = this._options
    if (!limit || user === undefined) return
    const { acts, readers } = this._hub
    for (const oldest of readers.ofUser(user) ?? []) {
      if ((readers.ofUser(user)?.size ?? 0) < limit.max) break
      acts.end(oldest, 'replaced', A_DAY)
    }
  }

  private _refuse(exchange: Exchange, reason: RefusalReason): void {
    const hub = this._hub
    const { retry, head } = this._settings
    hub.acts.tell('refused', reason)
    const left = this._reopensAt === undefined ? 0 : Math.max(0, this._reopensAt - hostScheduler.now())
    // A `retry` of 0 is meant for lost connections, not for refusals.
    const wait = Math.min(Math.ceil(left) + hub.jittered((retry || 1000) * REFUSED_FACTOR), MAX_DELAY)
    if (this._options.refusal === 'status') refuseByStatus(exchange, wait)
    else refuse(exchange, head, wait)
    // The answer goes out first.
    if (reason === 'closing') exchange.session?.close()
  }
}
