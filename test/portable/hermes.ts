import { EventSource } from '../../src/eventsource/index.js'
import { connect, ConnectError } from '../../src/client/index.js'
import { events } from '../../src/streams/index.js'
import { equal, isTrue, thrownBy, within } from '../spec/eventsource/within.js'
import type { Check } from './check.js'
import { corpusChecks } from './corpus.js'
import { fixtures } from './embedded-fixtures.js'
import { encoderChecks } from './encoder.js'
import { failuresOf, listed, type Failure } from './failures.js'

/** Hermes has no streams and React Native's `fetch` no body that can be read: what `fetch` of an app may give is this. */
function answer(url: string, chunks: string[], status = 200): Response {
  const left = chunks.map((text) => Uint8Array.from(text, (character) => character.charCodeAt(0)))
  const reader = {
    read: async () => (left.length > 0 ? { done: false, value: left.shift() } : { done: true }),
    cancel: async () => {},
    releaseLock() {},
  }
  const headers = new Headers({ 'content-type': 'text/event-stream' })
  return { url, status, ok: status === 200, headers, body: { getReader: () => reader } } as never
}

const clientChecks: Check[] = [
  {
    name: 'connect() reads, reconnects after a cut in mid-event and resumes, in a for await loop',
    async run() {
      const answers = [
        ['id: 1\ndata: a\n\nid: 2\nda', 'ta: b\n\nid: 3\ndata: lost'],
        ['id: 3\ndata: c\n\ndata: [DONE]\n\n'],
      ]
      const ids: (string | undefined)[] = []
      const connection = connect('https://example.com/events', {
        backoff: { min: 1, jitter: 0 },
        until: ({ data }) => data === '[DONE]',
        async fetch(url, { headers }) {
          ids.push(headers['last-event-id'])
          return answer(url, answers.shift()!)
        },
      })
      const seen: string[] = []
      for await (const { data, id } of connection) seen.push(`${data} ${id}`)
      equal(seen, ['a 1', 'b 2', 'c 3', '[DONE] 3'])
      equal(ids, [undefined, '2'])
      equal(await connection.closed, 'end')
    },
  },
  {
    name: 'break and a refusal end it',
    async run() {
      const fetch = async (url: string): Promise<Response> => answer(url, ['data: a\n\ndata: b\n\n'])
      const connection = connect('https://example.com/', { fetch })
      for await (const { data } of connection) {
        equal(data, 'a')
        break
      }
      equal(await connection.closed, 'closed')
      const refused = connect('https://example.com/', { fetch: async (url) => answer(url, [], 403) })
      const error = await refused.next().catch((thrown: unknown) => thrown)
      isTrue(error instanceof ConnectError && error.status === 403, 'A ConnectError')
    },
  },
  {
    name: "React Native's own fetch, whose answers have no body, is told apart",
    async run() {
      const answerWithoutBody = { ...answer('https://example.com/', []), body: undefined } as never
      const connection = connect('https://example.com/', { fetch: async () => answerWithoutBody, retryIf: () => false })
      const error = await connection.next().catch((thrown: unknown) => thrown)
      isTrue(error instanceof ConnectError, 'A ConnectError')
      isTrue(/body/.test((error as Error).message), (error as Error).message)
    },
  },
  {
    name: 'events() reads an async generator, in a for await loop',
    async run() {
      async function* chunks(): AsyncGenerator<string> {
        yield 'data: a\n\nda'
        yield 'ta: b\n\n'
      }
      const seen: string[] = []
      for await (const { data } of events(chunks())) seen.push(data)
      equal(seen, ['a', 'b'])
    },
  },
  {
    name: 'EventSource says what the host lacks',
    run() {
      const { message } = thrownBy(() => new EventSource('https://example.com/')) as Error
      isTrue(message.includes('EventSource needs '), message)
    },
  },
]

/** What needs a class of the platform that Hermes has not. */
const runsThere = ({ name }: Check): boolean => !/, streams\)|EventEncoderStream/.test(name)

async function main(): Promise<void> {
  const failures: Failure[] = []
  const topics = { 'corpus of streams': corpusChecks(fixtures), encoder: encoderChecks, client: clientChecks }
  for (const [topic, all] of Object.entries(topics)) {
    const checks = all.filter(runsThere)
    const failed = await within(topic, failuresOf(checks, 1))
    console.log(`${topic}: ${checks.length - failed.length} of ${checks.length} passed`)
    failures.push(...failed)
  }
  console.log(failures.length > 0 ? listed(failures) : 'passed')
}

main().catch((error: unknown) => console.log(`FAILED ${String(error)}`))
