import { connect, ConnectError } from '../../src/client/index.js'
import { events } from '../../src/streams/index.js'
import { createStage, type Answer, type Stage, type StageOptions } from '../spec/eventsource/stage.js'
import { equal, isTrue, within } from '../spec/eventsource/within.js'
import type { Check } from './check.js'

const QUICK = { backoff: { min: 20, jitter: 0 } }

/** `connect()` against a real server. */
export function clientChecks(base: string): Check[] {
  const check = (
    name: string,
    answers: Answer[],
    run: (stage: Stage) => Promise<void>,
    options?: StageOptions,
  ): Check => ({
    name,
    async run() {
      const stage = await createStage(base, base, answers, options)
      try {
        await within(name, run(stage))
      } finally {
        await stage.end()
      }
    },
  })

  return [
    check(
      'connect() reads, reconnects after a cut in mid-event and resumes',
      [
        [
          { event: { id: '1', retry: 50, data: 'a' } },
          { event: { id: '2', data: 'b' } },
          { gate: 'cut' },
          { bytes: 'id: 3\ndata: c' },
          { cut: 'fin' },
        ],
        [{ event: { id: '3', data: 'c' } }, { event: { data: '[DONE]' } }, { stall: true }],
      ],
      async ({ url, open, requests, closed }) => {
        const connection = connect(url, { ...QUICK, until: ({ data }) => data === '[DONE]' })
        const seen: string[] = []
        for await (const { data, id, origin } of connection) {
          seen.push(`${data} ${id} ${origin === new URL(url).origin}`)
          if (data === 'b') await open('cut')
        }
        equal(seen, ['a 1 true', 'b 2 true', 'c 3 true', '[DONE] 3 true'])
        equal(
          (await requests(2)).map(({ lastEventId }) => lastEventId),
          [undefined, '2'],
        )
        equal([await connection.closed, await closed(2)], ['end', 'client'])
      },
    ),
    check('break releases the connection', [[{ event: { data: 'a' } }, { stall: true }]], async ({ url, closed }) => {
      for await (const { data } of connect(url)) {
        equal(data, 'a')
        break
      }
      equal(await closed(1), 'client')
    }),
    check(
      'a signal ends the loop with its reason',
      [[{ event: { data: 'a' } }, { stall: true }]],
      async ({ url, closed }) => {
        const controller = new AbortController()
        const reason = new Error('enough')
        const seen: unknown[] = []
        try {
          for await (const { data } of connect(url, { signal: controller.signal })) {
            seen.push(data)
            setTimeout(() => controller.abort(reason))
          }
        } catch (error) {
          seen.push(error === reason)
        }
        equal(seen, ['a', true])
        equal(await closed(1), 'client')
      },
    ),
    check('a 204 ends it', [[{ event: { retry: 50, data: 'a' } }]], async ({ url }) => {
      const connection = connect(url, QUICK)
      const seen: string[] = []
      for await (const { data } of connection) seen.push(data)
      equal([seen, await connection.closed], [['a'], 'no-content'])
    }),
    check('a refusal is a ConnectError', [[{ status: 403 }]], async ({ url }) => {
      const connection = connect(url)
      const error = await connection.next().then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      isTrue(error instanceof ConnectError, 'its class')
      const { kind, status, attempt } = error as ConnectError
      equal([kind, status, attempt, await connection.closed], ['http', 403, 1, 'failed'])
    }),
    check(
      'a 503 with Retry-After is retried, a POST is sent with its body',
      [[{ status: 503, headers: { 'retry-after': '0' } }], [{ event: { data: 'a' } }]],
      async ({ url, requests }) => {
        const headers = { 'content-type': 'application/json' }
        const connection = connect(url, { ...QUICK, method: 'POST', body: '{"x":1}', headers })
        const seen: string[] = []
        for await (const { data } of connection) seen.push(data)
        equal([seen, await connection.closed], [['a'], 'end'])
        equal(
          (await requests(2)).map(({ method, body }) => [method, body]),
          [
            ['POST', '{"x":1}'],
            ['POST', '{"x":1}'],
          ],
        )
      },
    ),
    check(
      'an idle timeout and an open timeout are noticed',
      [[{ event: { data: 'a' } }, { stall: true }], [{ stall: true }], [{ event: { data: 'b' } }]],
      async ({ url }) => {
        const causes: (string | undefined)[] = []
        const connection = connect(url, {
          ...QUICK,
          // Long enough for the next connection to open on a machine that is busy.
          openTimeout: 1500,
          idleTimeout: 1500,
          headers: ({ cause }) => {
            causes.push(cause?.kind)
            return {}
          },
        })
        const seen: string[] = []
        for await (const { data } of connection) {
          seen.push(data)
          if (data === 'b') break
        }
        equal(
          [seen, causes],
          [
            ['a', 'b'],
            [undefined, 'idle', 'open-timeout'],
          ],
        )
      },
    ),
    check(
      'events() reads a fetched response',
      [[{ bytes: 'data: ü€😀\n\ndata: b\n\n', drip: { size: 3 } }]],
      async ({ url }) => {
        const seen: string[] = []
        for await (const { data } of events(await fetch(url))) seen.push(data)
        equal(seen, ['ü€😀', 'b'])
      },
    ),
  ]
}
