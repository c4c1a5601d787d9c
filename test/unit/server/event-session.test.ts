import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EventSession } from '../../../src/server/event-session.js'
import { resolveOptions } from '../../../src/server/event-stream-options.js'
import type { EventStreamOptions } from '../../../src/server/event-stream-options.js'
import type { Session, Source } from '../../../src/server/session.js'
import type { Sink } from '../../../src/server/sink.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** A sink whose reader takes what it is told to take. */
class ManualSink implements Sink {
  text = ''
  bufferedBytes = 0
  state: 'open' | 'ended' | 'destroyed' | 'closed' = 'open'
  readonly #session: EventSession

  constructor(session: EventSession) {
    this.#session = session
  }
  write(chunk: Uint8Array): void {
    expect(this.state).toBe('open')
    this.text += new TextDecoder().decode(chunk)
    this.bufferedBytes += chunk.byteLength
  }
  end(): void {
    if (this.state === 'open') this.state = 'ended'
  }
  destroy(): void {
    if (this.state !== 'closed') this.state = 'destroyed'
  }
  /** The transport takes some of what is buffered, all by default. */
  take(bytes: number = this.bufferedBytes): void {
    this.bufferedBytes -= bytes
    if (this.bufferedBytes > 0) return
    if (this.state === 'ended') this.close(false)
    else this.#session.onDrain()
  }
  close(byReader: boolean): void {
    this.state = 'closed'
    this.#session.onClose(byReader)
  }
}

function start(source: Source, options?: EventStreamOptions) {
  const errors: unknown[] = []
  const session = new EventSession(
    new Request('http://localhost/'),
    resolveOptions({ onError: (error) => errors.push(error), ...options }),
  )
  const sink = new ManualSink(session)
  const writeHead = vi.fn()
  const started = session.start(source, sink, writeHead)
  return { session, sink, errors, started, writeHead }
}

const quiet: Source = () => {}

describe('a heartbeat', () => {
  it('is written when nothing was for its time', () => {
    const { session, sink } = start(quiet, { heartbeat: 1000 })
    sink.take()
    vi.advanceTimersByTime(999)
    expect(sink.text).toBe(':\n')
    vi.advanceTimersByTime(1)
    expect(sink.text).toBe(':\n:\n')
    sink.take()
    vi.advanceTimersByTime(1000)
    expect(sink.text).toBe(':\n:\n:\n')
    sink.close(true)
    expect(session.send({ data: 'x' })).toBe(false)
  })

  it('is left out where something was written lately', () => {
    const { session, sink } = start(quiet, { heartbeat: 1000 })
    for (let i = 0; i < 10; i++) {
      sink.take()
      vi.advanceTimersByTime(600)
      session.comment('c')
    }
    expect(sink.text).toBe(':\n' + ': c\n'.repeat(10))
    sink.take()
    vi.advanceTimersByTime(999)
    expect(sink.text).toBe(':\n' + ': c\n'.repeat(10))
    vi.advanceTimersByTime(1)
    expect(sink.text).toBe(':\n' + ': c\n'.repeat(10) + ':\n')
    sink.close(true)
  })

  it('needs no clock but its timer', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
    vi.setSystemTime(0)
    const { sink } = start(quiet)
    sink.take()
    vi.advanceTimersByTime(15_000)
    expect(sink.text).toBe(':\n:\n')
    expect(clock).not.toHaveBeenCalled()
    sink.close(true)
    clock.mockRestore()
  })

  it('counts from the last write, also from one that found others waiting', () => {
    const { session, sink } = start(quiet, { heartbeat: 1000 })
    vi.advanceTimersByTime(600)
    session.comment('c')
    sink.take()
    vi.advanceTimersByTime(999)
    expect(sink.text).toBe(':\n: c\n')
    vi.advanceTimersByTime(401)
    expect(sink.text).toBe(':\n: c\n:\n')
    sink.close(true)
  })

  it('is never added to what a stuck reader has not taken', () => {
    const { sink } = start(quiet, { heartbeat: 1000, slow: { stall: 100_000 } })
    vi.advanceTimersByTime(50_000)
    expect(sink.text).toBe(':\n')
    sink.take()
    vi.advanceTimersByTime(1000)
    expect(sink.text).toBe(':\n:\n')
    sink.close(true)
  })

  it('needs no timer where it is 0 and nothing waits', () => {
    const { sink } = start(quiet, { heartbeat: 0 })
    sink.take()
    vi.advanceTimersByTime(30_000)
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(1_000_000)
    expect(sink.text).toBe(':\n')
    sink.close(true)
  })
})

describe('a reader that takes nothing', () => {
  it.each([{}, { heartbeat: 0 }, { heartbeat: 1 }, { heartbeat: 1_000_000 }])(
    'is let go after the stall time (%j)',
    async (options) => {
      const { session, sink } = start(quiet, { slow: { stall: 5000 }, ...options })
      vi.advanceTimersByTime(4999)
      expect(sink.state).toBe('open')
      vi.advanceTimersByTime(1)
      expect(sink.state).toBe('destroyed')
      sink.close(false)
      expect(await session.closed).toBe('slow')
    },
  )

  it('is let go when it stops after a long time of taking', async () => {
    const { session, sink } = start(quiet, { heartbeat: 1000, slow: { stall: 5000 } })
    for (let i = 0; i < 100; i++) {
      sink.take()
      vi.advanceTimersByTime(900)
      session.comment('c')
    }
    vi.advanceTimersByTime(4999)
    expect(sink.state).toBe('open')
    vi.advanceTimersByTime(1)
    expect(sink.state).toBe('destroyed')
    sink.close(false)
  })

  it('is kept while it takes a little now and then', () => {
    const { session, sink } = start(quiet, { slow: { stall: 5000 } })
    session.send({ data: 'x'.repeat(1000) })
    for (let i = 0; i < 100; i++) {
      vi.advanceTimersByTime(4900)
      sink.take(1)
    }
    expect(sink.state).toBe('open')
    sink.close(true)
  })

  it('is let go when the next message finds more than maxBytes waiting', async () => {
    const { session, sink } = start(quiet, { slow: { maxBytes: 1000 } })
    sink.take()
    expect(session.send({ data: 'x'.repeat(980) })).toBe(true)
    expect(session.send({ data: 'x'.repeat(980) })).toBe(false)
    expect(sink.state).toBe('open')
    expect(session.bufferedBytes).toBe(2 * 988)
    expect(session.send({ data: 'x' })).toBe(false)
    expect(sink.state).toBe('destroyed')
    sink.close(false)
    expect(await session.closed).toBe('slow')
    expect(session.bufferedBytes).toBe(0)
  })

  it('may get one message above maxBytes', () => {
    const { session, sink } = start(quiet, { slow: { maxBytes: 1000 } })
    expect(session.send({ data: 'x'.repeat(5000) })).toBe(false)
    expect(sink.state).toBe('open')
    sink.take()
    expect(session.send({ data: 'x' })).toBe(true)
    sink.close(true)
  })

  it('is let go also where it does not take the end', async () => {
    const { session, sink } = start(quiet, { slow: { stall: 5000 } })
    session.close()
    expect(sink.state).toBe('ended')
    vi.advanceTimersByTime(5000)
    expect(sink.state).toBe('destroyed')
    sink.close(false)
    expect(await session.closed).toBe('closed')
  })

  it('is kept for ever where there is no limit', () => {
    const { session, sink } = start(quiet, { slow: { maxBytes: Infinity, stall: Infinity }, heartbeat: 0 })
    for (let i = 0; i < 5; i++) session.send({ data: 'x'.repeat(1024 * 1024) })
    vi.advanceTimersByTime(1e9)
    expect(sink.state).toBe('open')
    sink.close(true)
  })
})

describe('drained()', () => {
  it('resolves at once while there is room', async () => {
    const { session, sink } = start(quiet)
    await session.drained()
    sink.close(true)
  })

  it('waits until the transport has taken all', async () => {
    const { session, sink } = start(quiet)
    expect(session.send({ data: 'x'.repeat(70_000) })).toBe(false)
    const order: string[] = []
    const first = session.drained().then(() => order.push('first'))
    const second = session.drained().then(() => order.push('second'))
    await vi.advanceTimersByTimeAsync(10)
    expect(order).toEqual([])
    sink.take()
    await Promise.all([first, second])
    expect(order).toEqual(['first', 'second'])
    sink.close(true)
  })

  it.each(['close', 'reader', 'slow'])('resolves when the session ends (%s)', async (how) => {
    const { session, sink } = start(quiet)
    session.send({ data: 'x'.repeat(70_000) })
    const drained = session.drained()
    if (how === 'close') session.close()
    else if (how === 'reader') sink.close(true)
    else vi.advanceTimersByTime(60_000)
    await drained
    await session.drained()
    sink.close(false)
  })
})

describe('signal', () => {
  it('is aborted when the session ends, made before or after', async () => {
    const { session, sink } = start(quiet)
    const { signal } = session
    expect(session.signal).toBe(signal)
    expect(signal.aborted).toBe(false)
    session.close()
    expect(signal.aborted).toBe(true)
    sink.take()

    const other = start(quiet)
    other.sink.close(true)
    expect(other.session.signal.aborted).toBe(true)
  })

  it('is aborted where there never was a stream', () => {
    const session = new EventSession(new Request('http://localhost/'), resolveOptions({}))
    session.skip('no-stream')
    expect(session.signal.aborted).toBe(true)
    expect(session.bufferedBytes).toBe(0)
    expect(session.send({ data: 'x' })).toBe(false)
    expect(session.comment('x')).toBe(false)
    session.close()
  })
})

describe('closed', () => {
  it('is the first reason', async () => {
    const { session, sink } = start(quiet)
    const before = session.closed
    session.close()
    sink.close(true)
    expect(await before).toBe('closed')
    expect(await session.closed).toBe('closed')
  })

  it('is known only when the last byte is taken', async () => {
    const { session, sink } = start(quiet)
    let reason: string | undefined
    void session.closed.then((value) => (reason = value))
    session.close()
    await vi.advanceTimersByTimeAsync(10)
    expect(reason).toBe(undefined)
    sink.take()
    await vi.advanceTimersByTimeAsync(0)
    expect(reason).toBe('closed')
  })
})

describe('the head', () => {
  it('goes out with the first bytes, before what the source sends while it is called', () => {
    const { sink, writeHead } = start(
      (session) => {
        session.send({ data: '1' })
      },
      { retry: 2000, padding: 4 },
    )
    expect(writeHead).toHaveBeenCalledOnce()
    expect(sink.text).toBe(':    \nretry: 2000\ndata: 1\n\n')
    sink.close(true)
  })

  it('is left to the caller where the source throws first', async () => {
    const error = new Error('no')
    const { session, sink, started, writeHead, errors } = start(() => {
      throw error
    })
    expect(started).toBe(false)
    expect(writeHead).not.toHaveBeenCalled()
    expect(sink.text).toBe('')
    expect(errors).toEqual([error])
    expect(await session.closed).toBe('failed')
  })

  it('is out where the source throws after it sent', async () => {
    const error = new Error('no')
    const { session, sink, started, errors } = start((s) => {
      s.send({ data: '1' })
      throw error
    })
    expect(started).toBe(true)
    expect(sink.text).toBe(':\ndata: 1\n\n')
    expect(sink.state).toBe('ended')
    expect(errors).toEqual([error])
    sink.take()
    expect(await session.closed).toBe('failed')
  })

  it('is out where the source closes the session while it is called', async () => {
    const cleanUp = vi.fn()
    const { session, sink } = start((s) => {
      s.close()
      expect(s.send({ data: '1' })).toBe(false)
      return cleanUp
    })
    expect(sink.text).toBe(':\n')
    expect(cleanUp).toHaveBeenCalledOnce()
    sink.take()
    expect(await session.closed).toBe('closed')
  })
})

describe('a message that cannot be encoded', () => {
  it('is an error to the caller, and the stream goes on', () => {
    const { session, sink } = start(quiet)
    expect(() => session.send({ data: undefined })).toThrow(TypeError)
    expect(() => session.send({ id: 'a\nb' })).toThrow(TypeError)
    expect(() => session.comment(5 as unknown as string)).toThrow(TypeError)
    expect(sink.text).toBe(':\n')
    session.send({ data: '1' })
    expect(sink.text).toBe(':\ndata: 1\n\n')
    sink.close(true)
  })
})

describe('nothing is sent', () => {
  it.each<[string, (session: Session, sink: ManualSink) => void]>([
    ['close()', (session) => session.close()],
    ['the reader left', (_, sink) => sink.close(true)],
  ])('after %s', (_, end) => {
    const { session, sink } = start(quiet)
    end(session, sink)
    expect(session.send({ data: '1' })).toBe(false)
    expect(session.comment('c')).toBe(false)
    expect(sink.text).toBe(':\n')
    session.close()
    if (sink.state !== 'closed') sink.close(false)
  })
})
