import { describe, expect, it } from 'vitest'
import { ConnectError } from '../../../src/errors/connect-error.js'
import { keepBody } from '../../../src/streams/keep-body.js'

/** Blocks the process for so many milliseconds. */
function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('the body of a refusal', () => {
  it('that lies in the socket counts, though its time is up because the process was blocked', async () => {
    // After `setImmediate` timers come first, before the loop looks at its sockets.
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        setImmediate(() => {
          block(60)
          setImmediate(() => {
            controller.enqueue(new TextEncoder().encode('why'))
            controller.close()
          })
        })
      },
    })
    const error = new ConnectError('http', 'Refused', { response: new Response(body, { status: 400 }) })
    await keepBody(error, 20, {})
    expect(error.body).toBe('why')
  })

  it('that stalls is let go, with what came of it', async () => {
    let isCancelled = false
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('so far')),
      cancel: () => void (isCancelled = true),
    })
    const error = new ConnectError('http', 'Refused', { response: new Response(body, { status: 400 }) })
    await keepBody(error, 5, {})
    expect([error.body, isCancelled]).toEqual(['so far', true])
  })
})
