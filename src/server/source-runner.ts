import { attempt, isThenable } from './async.js'
import type { Session, Source } from './session.js'
import type { StreamMessage } from './stream-message.js'

/** What a source feeds: a session, or a run. */
export interface SourceHost extends Pick<Session, 'send' | 'drained'> {
  /** It has ended: nothing more is wanted. */
  readonly over: boolean
  /** Stops the source. Taken away by whoever calls it. */
  stop: (() => unknown) | undefined
  /** The source has no more. */
  onSourceEnd(): void
  /** The source has thrown. */
  fail(error: unknown): void
  /** Tells `onError`. */
  report(error: unknown): void
}

/** Calls a source that is a function; gives what `runSource` takes. Throws what the source throws. */
export function openSource(session: Session, source: Source): unknown {
  return iteratorOf(typeof source === 'function' ? source(session) : source)
}

/** Feeds the session. Whatever the source does is caught, and given to the host. */
export function runSource(host: SourceHost, product: unknown): void {
  if (typeof product === 'function') host.stop = product as () => unknown
  else if (isThenable(product)) {
    product.then(iteratorOf).then(
      (value) => runSource(host, value),
      (error) => host.fail(error),
    )
  } else if (isIterator(product)) {
    host.stop = () => product.return?.()
    if (!host.over) void pump(host, product)
  } else if (product !== undefined) {
    const kind = product === null ? 'null' : typeof product
    host.fail(new TypeError(`A source must give an iterable, a function that cleans up, or nothing. It gave: ${kind}.`))
  }
  if (host.over) stopSource(host)
}

export function stopSource(host: SourceHost): void {
  const { stop } = host
  host.stop = undefined
  if (stop) void attempt(stop, (error) => host.report(error))
}

async function pump(host: SourceHost, iterator: AnyIterator): Promise<void> {
  /** What of the last message could not be sent. */
  let refused: unknown
  while (!host.over) {
    try {
      const { done, value } = await (refused ? iterator.throw!(refused) : iterator.next())
      if (host.over) return
      refused = undefined
      if (done) {
        host.stop = undefined
        return host.onSourceEnd()
      }
      try {
        if (!host.send(value)) await host.drained()
      } catch (error) {
        if (!iterator.throw) return host.fail(error)
        refused = error
      }
    } catch (error) {
      // An iterator that threw is done.
      host.stop = undefined
      host.fail(error)
      return
    }
  }
}

/** The iterator of what is iterated; all else as it is. */
export function iteratorOf(product: unknown): unknown {
  if (typeof ReadableStream === 'function' && product instanceof ReadableStream) {
    return readerOf(product as ReadableStream<StreamMessage>)
  }
  if (isIterable(product, Symbol.asyncIterator)) return product[Symbol.asyncIterator]()
  return isIterable(product, Symbol.iterator) ? product[Symbol.iterator]() : product
}

/** Its own iterator would cancel the stream only after the read in hand, which may never end. */
function readerOf(stream: ReadableStream<StreamMessage>): AsyncIterator<StreamMessage> {
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<StreamMessage>>,
    return: () => reader.cancel() as Promise<never>,
  }
}

export function isSource(value: unknown): value is Source {
  return typeof value === 'function' || isIterable(value, Symbol.asyncIterator) || isIterable(value, Symbol.iterator)
}

/** A text is not one, although JavaScript would have it so: its characters are no messages. */
function isIterable<S extends symbol>(value: unknown, method: S): value is Record<S, () => unknown> {
  return typeof value === 'object' && typeof (value as Record<S, unknown> | null)?.[method] === 'function'
}

type AnyIterator = AsyncIterator<StreamMessage> | Iterator<StreamMessage>

function isIterator(value: unknown): value is AnyIterator {
  return typeof value === 'object' && typeof (value as AnyIterator | null)?.next === 'function'
}
