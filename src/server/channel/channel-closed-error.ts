import { BRAND } from '../../errors.js'

/** `publish` was called after the channel had been closed. Nothing was published. */
export class ChannelClosedError extends Error {
  readonly code = 'ERR_CHANNEL_CLOSED' as const

  override get name(): 'ChannelClosedError' {
    return 'ChannelClosedError'
  }

  get [BRAND](): true {
    return true
  }
}
