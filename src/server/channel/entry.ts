import { encode } from '../../encoder/encode.js'
import { toBytes } from '../to-bytes.js'

/** What a channel asks its transport to publish. Every field was checked; `data` is the text for the wire. */
export interface TransportMessage {
  /** The event type, fit for the wire. */
  readonly event: string
  /** The text for the wire. */
  readonly data: string
  /** `data` was written by `serialize`: filters are shown the value it stands for, not the text. */
  readonly json: boolean
  /** Whom it is for. `undefined`: all readers. */
  readonly topic?: string | undefined
  /** Of events with the same key a slow reader may be given the newest alone. */
  readonly conflateKey?: string | undefined
  /** For the readers of the moment only: `range` leaves it out. */
  readonly ephemeral?: boolean | undefined
  /**
   * Names the event: one that is published again under the same key is not kept a second time, as long as the
   * history holds the first. `publish` then gives the id of the first. At most 256 characters.
   */
  readonly key?: string | undefined
}

/** A published event with its id, as it lies in the history and goes to readers. */
export interface Entry extends TransportMessage {
  /** Names the event, and the place in the order right after it. */
  readonly id: string
  /** The event in wire format, encoded once for all readers. Not to be changed, because they share it. */
  readonly wire: Uint8Array
}

/**
 * The entry for a message that was given an id: what a transport of your own hands to its subscriber.
 *
 * @throws {EncodeError} where event or id cannot be written, which `publish` has excluded: only for
 * entries that something else than a channel put into the transport.
 *
 * @example
 * ```ts
 * import { createEntry } from 'eventwire/server'
 *
 * const { wire } = createEntry('7-0', { event: 'tick', data: '{"n":1}', json: true })
 * new TextDecoder().decode(wire) // => 'event: tick\ndata: {"n":1}\nid: 7-0\n\n'
 * ```
 */
export function createEntry(id: string, message: TransportMessage): Entry {
  const { event, data, json, topic, conflateKey, ephemeral, key } = message
  return { id, event, data, json, topic, conflateKey, ephemeral, key, wire: toBytes(encode({ event, id, data })) }
}
