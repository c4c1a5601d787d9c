import { encode } from '../../encoder/encode.js'
import { toBytes } from '../to-bytes.js'
import type { TransportMessage } from './transport.js'

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
