import type { Session, Source } from './session.js'
import type { StreamMessage } from './stream-message.js'

/** The session a source feeds, as its runner sees it. */
export interface SourceHost extends Session {
  /** It has ended: nothing more is wanted. */
  readonly over: boolean
  /** The source has no more, or has thrown. Called at most once, and not where the session was over before. */
  onSourceEnd(reason: 'end' | 'failed'): void
}

/** Runs the source of one session, and stops it once. No error of the source gets past it but that of `open`. */
export class SourceRunner {
  readonly #host: SourceHost
  readonly #onError: (error: unknown) => void
  /** Taken away by whoever calls it. */
  #stop: (() => unknown) | undefined

  constructor(host: SourceHost, onError: (error: unknown) => void) {
    this.#host = host
    this.#onError = onError
  }

  /** Calls a source that is a function; gives what `run` takes. Throws what the source throws. */
  open(source: Source): unknown {
    return opened(typeof source === 'function' ? source(this.#host) : source)
  }

  run(product: unknown): void {
    if (typeof product === 'function') this.#stop = product as () => unknown
    else if (isIterator(product)) {
      this.#stop = () => product.return?.()
      if (!this.#host.over) void this.#pump(product)
    } else if (isThenable(product)) {
      product.then(opened).then(
        (value) => this.run(value),
        (error) => this.fail(error),
      )
    }
    if (this.#host.over) this.stop()
  }

  stop(): void {
    const stop = this.#stop
    this.#stop = undefined
    if (stop !== undefined) void this.#guard(stop)
  }

  fail(error: unknown): void {
    // Whoever waits for something with the session's signal throws when the session ends: as it should.
    if (this.#host.over && (error as Error | undefined)?.name === 'AbortError') return
    if (!this.#host.over) this.#host.onSourceEnd('failed')
    this.#report(error)
  }

  #report(error: unknown): void {
    void this.#guard(() => this.#onError(error), console.error)
  }

  async #pump(iterator: AsyncIterator<StreamMessage>): Promise<void> {
    let refused: { error: unknown } | undefined
    while (!this.#host.over) {
      let result: IteratorResult<StreamMessage>
      try {
        result = await (refused === undefined ? iterator.next() : iterator.throw!(refused.error))
      } catch (error) {
        // An iterator that threw is done.
        this.#stop = undefined
        return this.fail(error)
      }
      if (this.#host.over) return
      if (result.done) {
        this.#stop = undefined
        return this.#host.onSourceEnd('end')
      }
      refused = undefined
      try {
        if (!this.#host.send(result.value)) await this.#host.drained()
      } catch (error) {
        if (iterator.throw === undefined) return this.fail(error)
        refused = { error }
      }
    }
  }

  async #guard(
    action: () => unknown,
    onError: (error: unknown) => void = (error) => this.#report(error),
  ): Promise<void> {
    try {
      await action()
    } catch (error) {
      onError(error)
    }
  }
}

/** The iterator of what is iterated; all else as it is. */
function opened(product: unknown): unknown {
  if (product instanceof ReadableStream) return iterate(product as ReadableStream<StreamMessage>)
  return isAsyncIterable(product) ? product[Symbol.asyncIterator]() : product
}

/** Its own iterator would cancel the stream only after the read in hand, which may never end. */
function iterate(stream: ReadableStream<StreamMessage>): AsyncIterator<StreamMessage> {
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<StreamMessage>>,
    async return() {
      await reader.cancel()
      return { done: true, value: undefined }
    },
  }
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<StreamMessage> {
  return typeof (value as AsyncIterable<StreamMessage> | null | undefined)?.[Symbol.asyncIterator] === 'function'
}

function isIterator(value: unknown): value is AsyncIterator<StreamMessage> {
  return typeof (value as AsyncIterator<StreamMessage> | null | undefined)?.next === 'function'
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
