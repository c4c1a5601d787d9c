import { OptionError } from '../errors/option-error.js'
import { attempt, isThenable } from './async.js'
import type { Session, Source } from './session.js'
import type { StreamMessage } from './stream-message.js'

/** What a source feeds: a session, or a run. */
export interface SourceOwner extends Pick<Session, 'send' | 'drained'> {
  /** It has ended: nothing more is wanted. */
  readonly over: boolean
  /** Stops the source. Its caller takes it away. */
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

/** Feeds the session. Whatever the source does is caught, and given to the owner. */
export function runSource(owner: SourceOwner, product: unknown): void {
  if (typeof product === 'function') owner.stop = product as () => unknown
  else if (isThenable(product)) {
    product.then(iteratorOf).then(
      (value) => runSource(owner, value),
      (error) => owner.fail(error),
    )
  } else if (isIterator(product)) {
    owner.stop = () => product.return?.()
    if (!owner.over) void pump(owner, product)
  } else if (product !== undefined) {
    const kind = product === null ? 'null' : typeof product
    owner.fail(new OptionError('source', `must give an iterable, a function or nothing, not ${kind}`))
  }
  if (owner.over) stopSource(owner)
}

export function stopSource(owner: SourceOwner): void {
  const { stop } = owner
  owner.stop = undefined
  if (stop) void attempt(stop, (error) => owner.report(error))
}

async function pump(owner: SourceOwner, iterator: AnyIterator): Promise<void> {
  /** What of the last message could not be sent. */
  let refused: unknown
  while (!owner.over) {
    try {
      const { done, value } = await (refused ? iterator.throw!(refused) : iterator.next())
      if (owner.over) return
      refused = undefined
      if (done) {
        owner.stop = undefined
        return owner.onSourceEnd()
      }
      try {
        if (!owner.send(value)) await owner.drained()
      } catch (error) {
        if (!iterator.throw) return owner.fail(error)
        refused = error
      }
    } catch (error) {
      // An iterator that threw is done.
      owner.stop = undefined
      owner.fail(error)
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
