import { checkOptions } from '../options/check-options.js'
import { anything } from '../options/rules.js'
import type { ServerSentEvent } from '../wire/types.js'
import { type EventsOptions, openEvents } from './events.js'
import { hostClass } from './host-class.js'

const Base: typeof TransformStream = /* @__PURE__ */ hostClass('TransformStream', 'EventDecoderStream')

/**
 * A TransformStream from bytes or text to events, for pipelines (WHATWG HTML 9.2.5, Streams 6).
 *
 * Takes the options of `events()`. Events wait until the reader asks for them, and
 * chunks until the events are gone. Who pipes into it closes it. An error comes
 * after the events before it have been read. In a loop, `events()` does the same several times as fast.
 *
 * @example
 * ```ts
 * import { EventDecoderStream } from 'eventwire/streams'
 *
 * const stream = new Blob(['data: one\n\n']).stream().pipeThrough(new EventDecoderStream())
 * const { value } = await stream.getReader().read()
 * value // => { event: 'message', data: 'one', id: '' }
 * ```
 */
export class EventDecoderStream extends Base<string | Uint8Array, ServerSentEvent> {
  constructor(options?: EventsOptions) {
    checkOptions(options, { '*': anything })
    // The chunks go through as they are. The events are made when they are asked for: an error of a stream drops what
    // waits in front of it.
    super()
    const { iterator, takeNow } = openEvents(super.readable as unknown as ReadableStream<Uint8Array>, options)
    // One that waits in the stream would be read after the signal was aborted.
    const isOneByOne = !!options?.signal
    const readable = new ReadableStream<ServerSentEvent>(
      {
        async pull(controller) {
          const { done, value } = await iterator.next()
          if (done) return controller.close()
          controller.enqueue(value)
          // A pull for each event costs more than the event. The next pull, which may bring an error, comes when these are read.
          if (isOneByOne) return
          for (let next; (next = takeNow());) controller.enqueue(next)
        },
        async cancel() {
          await iterator.return()
        },
      },
      { highWaterMark: 0 },
    )
    Object.defineProperty(this, 'readable', { value: readable })
  }
}
