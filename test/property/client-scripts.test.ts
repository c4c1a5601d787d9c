import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connect } from '../../src/client/connect.js'

/** What one answer of the server does. */
type Turn =
  | { kind: 'cut' | 'end'; events: number; bytes: number; chunk: number; blocked: boolean }
  | { kind: 'refusal'; status: number }
  | { kind: 'lost' }

const sent = (least: number): fc.Arbitrary<Turn> =>
  fc.record({
    kind: fc.constantFrom('cut' as const, 'end' as const),
    events: fc.integer({ min: least, max: 5 }),
    // Of the event that comes next: an unfinished block.
    bytes: fc.integer({ min: 0, max: 12 }),
    chunk: fc.integer({ min: 1, max: 40 }),
    blocked: fc.boolean(),
  })

const turn: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 4, arbitrary: sent(0) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lost' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('refusal' as const),
      status: fc.constantFrom(500, 502, 503, 504, 429, 408, 425, 520, 525, 529, 530, 401, 404),
    }),
  },
)

const COUNT = 8

/** A server of the events 1 to 8 that goes on after `Last-Event-ID`, and once its script is done sends all that is left. */
function serve(script: Turn[]): {
  fetch: (url: string, init: { headers: Record<string, string> }) => Promise<Response>
} {
  const encoder = new TextEncoder()
  const block = (id: number): string => `id: ${id}\ndata: event ${id}\n\n`
  let at = 0
  return {
    async fetch(_, { headers }) {
      const next = Number(headers['last-event-id'] ?? 0) + 1
      const now: Turn = script[at++] ?? { kind: 'end', events: COUNT, bytes: 0, chunk: 1000, blocked: false }
      if (now.kind === 'lost') throw new TypeError('fetch failed')
      if (now.kind === 'refusal') return new Response('no', { status: now.status })
      const past = Math.min(next + now.events, COUNT + 1)
      let text = ''
      for (let id = next; id < past; id++) text += block(id)
      if (past <= COUNT) text += block(past).slice(0, now.bytes)
      const bytes = encoder.encode(text)
      let from = 0
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            if (now.blocked) {
              const end = performance.now() + 8
              while (performance.now() < end);
            }
            if (from < bytes.length) return controller.enqueue(bytes.subarray(from, (from += now.chunk)))
            if (now.kind === 'cut') controller.error(new TypeError('terminated'))
            else controller.close()
          },
        },
        { highWaterMark: 0 },
      )
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    },
  }
}

describe('whatever a server does, each event that is due comes once and in order, or the loop throws', () => {
  const due = Array.from({ length: COUNT }, (_, index) => `event ${index + 1}`)

  it.each(['GET', 'POST', 'POST that resumes'])(
    '%s',
    async (how) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(turn, { maxLength: 8 }),
          fc.constantFrom('auto', 'always', 'on-drop'),
          async (script, mode) => {
            const seen: string[] = []
            let error: unknown
            const connection = connect('http://example.com/', {
              fetch: serve(script).fetch,
              method: how.slice(0, 4).trim(),
              reconnect: mode as 'auto',
              ...(how === 'POST that resumes' && { resume: 'header' as const }),
              backoff: { min: 0, max: 0, stableAfter: Infinity },
              // Blocked turns make it fall due: the bytes that are there must count.
              idleTimeout: 5,
              openTimeout: 60_000,
              until: ({ data }) => data === `event ${COUNT}`,
            })
            try {
              for await (const { data } of connection) seen.push(data)
            } catch (thrown) {
              error = thrown
            }
            expect(seen).toEqual(due.slice(0, seen.length))
            if (error) expect(await connection.closed).toBe('failed')
            else expect(seen).toEqual(due)
            // A GET gives up only on what is no passing fault.
            if (error && how === 'GET') expect([401, 404]).toContain((error as { status?: number }).status)
          },
        ),
        { numRuns: 25 },
      )
    },
    60_000,
  )
})
