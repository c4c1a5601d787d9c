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
 * The connection for everything but the blocking read: opened when it is first needed, and made anew
 * when it is lost, for as long as somebody waits for it.
 *
 * No command is ever sent twice, and none after its sender was told that it failed.
 */
export class Commands {
  /** How many there have been. */
  connections = 0
  readonly #links: LinkFactory
  readonly #closing = new AbortController()
  readonly #pending = new Set<Promise<unknown>>()
  /** Connections on their way out. */
  readonly #leaving = new Set<Promise<void>>()
  #link: Link | undefined
  /** The one that is being opened. */
  #candidate: Link | undefined
  #opening: Promise<Link> | undefined
  #waiting = 0
  /** Attempts to connect in a row. */
  #failures = 0
  /** Why there is no connection. */
  #cause: unknown

  constructor(links: LinkFactory) {
    this.#links = links
  }

  /**
   * Sends a command as soon as there is a connection. Commands reach Redis in the order of the calls.
   *
   * @param what What the command does, as in "Redis did not ...".
   * @param timeoutMs For connection and answer together.
   * @throws {RedisTransportError}
   */
  send(args: readonly string[], what: string, timeoutMs: number): Promise<unknown> {
    const answer = this.#send(args, what, timeoutMs)
    this.#pending.add(answer)
    const done = (): unknown => this.#pending.delete(answer)
    answer.then(done, done)
    return answer
  }

  async #send(args: readonly string[], what: string, timeoutMs: number): Promise<unknown> {
    if (this.#closing.signal.aborted) throw closed()
    let sentOn: Link | undefined
    let isLate = false
    const late = (): RedisTransportError => {
      isLate = true
      if (!sentOn) return this.#unreachable(what, timeoutMs)
      this.#drop(sentOn)
      return new RedisTransportError('ERR_REDIS_TIMEOUT', `Redis did not ${what} within ${timeoutMs} ms.`, {
        published: 'unknown',
      })
    }
    const exchange = async (): Promise<unknown> => {
      const link = await this.#connected(timeoutMs)
      if (isLate) return
      sentOn = link
      return link.send(args)
    }
    this.#waiting++
    try {
      return await bounded(exchange(), timeoutMs, late)
    } catch (error) {
      // A former master: whoever is it now is found by connecting anew.
      if (sentOn && replyCode(error) === 'READONLY') this.#drop(sentOn)
      throw toRedisError(error, what, sentOn ? 'unknown' : 'no')
    } finally {
      this.#waiting--
    }
  }

  /** Resolves when all that was sent is answered, or was given up, and nothing of it is open. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#candidate?.close()
    await Promise.allSettled(this.#pending)
    await this.#opening?.catch(() => {})
    if (this.#link) this.#drop(this.#link)
    await Promise.all(this.#leaving)
  }

  #connected(timeoutMs: number): Promise<Link> {
    if (this.#link && !this.#link.isOpen) this.#drop(this.#link)
    this.#opening ??= this.#open(timeoutMs)
    return this.#opening
  }

  async #open(timeoutMs: number): Promise<Link> {
    const { signal } = this.#closing
    while (!signal.aborted && this.#waiting > 0) {
      if (this.#failures > 0) await pause(this.#failures, signal)
      if (signal.aborted) break
      const link = (this.#candidate = this.#links.create(timeoutMs))
      try {
        await bounded(openReady(link), timeoutMs, () => this.#unreachable('open a connection', timeoutMs))
        this.#failures = 0
        this.connections++
        this.#link = link
        return link
      } catch (error) {
        this.#failures++
        // A server that is full closes the connection too, and what that does may be read before its reason is.
        if (!isFull(this.#cause) || !isCut(error)) this.#cause = error
        await link.close()
      } finally {
        this.#candidate = undefined
      }
    }
    this.#opening = undefined
    throw closed()
  }

  #drop(link: Link): void {
    if (this.#link !== link) return
    this.#link = this.#opening = undefined
    const gone = link.close()
    this.#leaving.add(gone)
    void gone.then(() => this.#leaving.delete(gone))
  }

  #unreachable(what: string, timeoutMs: number): RedisTransportError {
    if (replyCode(this.#cause)) return toRedisError(this.#cause, what)
    return new RedisTransportError(
      'ERR_REDIS_CONNECTION',
      `Redis did not ${what}: there was no connection for ${timeoutMs} ms.`,
      { cause: this.#cause },
    )
  }
}
