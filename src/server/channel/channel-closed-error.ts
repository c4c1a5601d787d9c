import { BRAND } from '../../errors.js'

/**
 * `publish` was called after the channel had been closed. Nothing was published.
 *
 * @example
 * ```ts
 * import { createChannel } from 'eventwire/server'
 *
 * const channel = createChannel()
 * await channel.close()
 * await channel.publish('tick', '1').catch((error: { code: string }) => error.code) // => 'ERR_CHANNEL_CLOSED'
 * ```
 */
export class ChannelClosedError extends Error {
  /** Does not change between minor versions; `docs/errors.md` has a heading for it. */
  readonly code = 'ERR_CHANNEL_CLOSED' as const

  override get name(): 'ChannelClosedError' {
    return 'ChannelClosedError'
  }

  get [BRAND](): true {
    return true
  }
}
