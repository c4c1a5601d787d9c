import { createParser } from '../parser/create-parser.js'
import type { ParserOptions } from '../parser/types.js'
import type { ServerSentEvent } from '../wire/types.js'

/**
 * A TransformStream from bytes or text to events, for pipelines (WHATWG HTML 9.2.5, Streams 6).
 *
 * Takes the options of `createParser` without `onEvent`. Events wait until the reader asks for them, and
 * chunks until the events are gone. Whoever pipes into it closes it. A `LimitError` errors the
 * stream once the events before it have been read. In a loop, `events()` does the same several times as fast.
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
export class EventDecoderStream extends TransformStream<string | Uint8Array, ServerSentEvent> {
  constructor(options: Omit<ParserOptions, 'onEvent'> = {}) {
    let controller!: TransformStreamDefaultController<ServerSentEvent>
    const parser = createParser({ ...options, onEvent: (event) => controller.enqueue(event) })
    let failure: { error: unknown } | undefined

    const takeIn = (work: () => void): void => {
      if (failure !== undefined) throw failure.error
      const unread = controller.desiredSize
      try {
        work()
      } catch (error) {
        // Erroring the stream would drop the events in front of the error; the next call comes when they are read.
        if (controller.desiredSize === unread) throw error
        failure = { error }
      }
    }

    super({
      start: (given) => {
        controller = given
      },
      transform: (chunk) => takeIn(() => parser.feed(chunk)),
      flush: () => {
        takeIn(() => parser.end())
        if (failure !== undefined) throw failure.error
      },
    })
  }
}
