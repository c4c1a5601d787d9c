import { isCut, isFull, replyCode, toRedisError } from './failure.js'
import type { Link, LinkFactory } from './link.js'
import { RedisTransportError } from './redis-error.js'
import { bounded, pause } from './wait.js'

export function closed(): RedisTransportError {
  return new RedisTransportError('ERR_REDIS_CLOSED', 'Redis was not asked, because the channel is closed.')
}

/** @throws where Redis would refuse every command: it has no room for a connection, or is still loading. */
async function openReady(link: Link): Promise<void> {
  await link.open()
  await link.send(['PING']).catch((error: unknown) => {
    // What else Redis refuses may be PING alone. The command to be sent tells.
    const word = replyCode(error)
    if (word === undefined || word === 'LOADING' || isFull(error)) throw error
  })
}

/**
 * The connection for everything but the blocking read: opened when it is first needed, and again
 * when it is lost, for as long as somebody waits for it.
 *
 * No command is ever sent twice, and none after its sender was told that it failed.
 */
export class Commands {
  /** How many there have been. */
  connections = 0
  private readonly _links: LinkFactory
  private readonly _closing = new AbortController()
  private readonly _pending = new Set<Promise<unknown>>()
  /** Connections on their way out. */
  private readonly _leaving = new Set<Promise<void>>()
  private _link: Link | undefined
  /** The one that is being opened. */
  private _candidate: Link | undefined
  private _opening: Promise<Link> | undefined
  private _waiting = 0
  /** Attempts to connect in a row. */
  private _failures = 0
  /** Why there is no connection. */
  private _cause: unknown

  constructor(links: LinkFactory) {
    this._links = links
  }

  /**
   * Sends a command as soon as there is a connection. Commands reach Redis in the order of the calls.
   *
   * @param what What the command does, as in "Redis did not ...".
   * @param timeoutMs For connection and answer together.
   * @throws {RedisTransportError}
   */
  send(args: readonly string[], what: string, timeoutMs: number): Promise<unknown> {
    const answer = this._send(args, what, timeoutMs)
    this._pending.add(answer)
    const done = (): unknown => this._pending.delete(answer)
    answer.then(done, done)
    return answer
  }

  private async _send(args: readonly string[], what: string, timeoutMs: number): Promise<unknown> {
    if (this._closing.signal.aborted) throw closed()
    let sentOn: Link | undefined
    let isLate = false
    const late = (): RedisTransportError => {
      isLate = true
      if (!sentOn) return this._unreachable(what, timeoutMs)
      this._drop(sentOn)
      return new RedisTransportError('ERR_REDIS_TIMEOUT', `Redis did not ${what} within ${timeoutMs} ms.`, {
        published: 'unknown',
      })
    }
    const exchange = async (): Promise<unknown> => {
      const link = await this._connected(timeoutMs)
      if (isLate) return
      sentOn = link
      return link.send(args)
    }
    this._waiting++
    try {
      return await bounded(exchange(), timeoutMs, late)
    } catch (error) {
      // A former master: a new connection finds the present one.
      if (sentOn && replyCode(error) === 'READONLY') this._drop(sentOn)
      throw toRedisError(error, what, sentOn ? 'unknown' : 'no')
    } finally {
      this._waiting--
    }
  }

  /** Resolves when all that was sent is answered, or was given up, and nothing of it is open. */
  async close(): Promise<void> {
    this._closing.abort()
    await this._candidate?.close()
    await Promise.allSettled(this._pending)
    await this._opening?.catch(() => {})
    if (this._link) this._drop(this._link)
    await Promise.all(this._leaving)
  }

  private _connected(timeoutMs: number): Promise<Link> {
    if (this._link && !this._link.isOpen) this._drop(this._link)
    this._opening ??= this._open(timeoutMs)
    return this._opening
  }

  private async _open(timeoutMs: number): Promise<Link> {
    const { signal } = this._closing
    while (!signal.aborted && this._waiting > 0) {
      if (this._failures > 0) await pause(this._failures, signal)
      if (signal.aborted) break
      const link = (this._candidate = this._links.create(timeoutMs))
      try {
        await bounded(openReady(link), timeoutMs, () => this._unreachable('open a connection', timeoutMs))
        this._failures = 0
        this.connections++
        this._link = link
        return link
      } catch (error) {
        this._failures++
        // A server that is full closes the connection too, and what that does may be read before its reason is.
        if (!isFull(this._cause) || !isCut(error)) this._cause = error
        await link.close()
      } finally {
        this._candidate = undefined
      }
    }
    this._opening = undefined
    throw closed()
  }

  private _drop(link: Link): void {
    if (this._link !== link) return
    this._link = this._opening = undefined
    const gone = link.close()
    this._leaving.add(gone)
    void gone.then(() => this._leaving.delete(gone))
  }

  private _unreachable(what: string, timeoutMs: number): RedisTransportError {
    if (replyCode(this._cause)) return toRedisError(this._cause, what)
    return new RedisTransportError(
      'ERR_REDIS_CONNECTION',
      `Redis did not ${what}: there was no connection for ${timeoutMs} ms.`,
      { cause: this._cause },
    )
  }
}
