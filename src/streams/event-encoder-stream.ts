import { encode } from '../encoder/encode.js'
import type { EncodeOptions } from '../encoder/encode.js'
import type { EventMessage } from '../wire/types.js'
import { hostClass } from './host-class.js'

const Base: typeof TransformStream = /* @__PURE__ */ hostClass('TransformStream', 'EventEncoderStream')

/**
 * A TransformStream from messages to the bytes of an event stream (WHATWG HTML 9.2.5, Streams 6): what a
 * `Response` takes as its body.
 *
 * Who pipes into it closes it. A message that cannot be encoded errors the stream with an `EncodeError`.
 *
 * @example
 * ```ts
 * import { EventEncoderStream } from 'eventwire/streams'
 *
 * const { readable, writable } = new EventEncoderStream()
 * const writer = writable.getWriter()
 * writer.write({ id: 1, data: 'one' })
 * writer.close()
 * await new Response(readable).text() // => 'data: one\nid: 1\n\n'
 * ```
 */
export class EventEncoderStream extends Base<EventMessage, Uint8Array> {
  constructor(options?: EncodeOptions) {
    const utf8 = new TextEncoder()
    super({
      transform: (message, controller) => controller.enqueue(utf8.encode(encode(message, options))),
    })
  }
}
