import { encode } from '../../encoder/encode.js'
import type { TransportMessage } from './transport.js'

/** A published event with its id, as it lies in the history and goes to readers. */
export interface Entry extends TransportMessage {
  readonly id: string
  /** The event in wire format, encoded once for all readers. Not to be changed, because they share it. */
  readonly wire: Uint8Array
}

const utf8: TextEncoder = new TextEncoder()

/**
 * Text as bytes. On Node as a `Buffer`, because a socket would wrap a plain `Uint8Array` into one
 * at every write.
 */
export const toBytes: (text: string) => Uint8Array =
  typeof Buffer === 'function' ? (text) => Buffer.from(text) : (text) => utf8.encode(text)

/**
 * The entry for a message that was given an id.
 *
 * @throws {EncodeError} where event or id cannot be written, which `publish` has excluded: only for
 * entries that something else than a channel put into the transport.
 */
export function createEntry(id: string, message: TransportMessage): Entry {
  const { event, data, json, topic, conflateKey, ephemeral } = message
  return { id, event, data, json, topic, conflateKey, ephemeral, wire: toBytes(encode({ event, id, data })) }
}
