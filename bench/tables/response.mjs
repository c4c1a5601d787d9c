// From a response to a loop over its events, by every route.
import { measure, touch } from '../lib/measure.mjs'
import { floorScan, load, streamOf } from '../lib/parsers.mjs'
import { ratioTable } from '../lib/report.mjs'
import { buildWorkload, freshBytes } from '../lib/workloads.mjs'

export const title = 'Response to events'
export const against = 'TextDecoderStream + EventSourceParserStream'

const WORKLOADS = {
  'one event per chunk': 'LLM tokens, 175 B, one per chunk',
  '16 KB chunks': 'id + event + data, 16 KB chunks',
  '25 B events, 64 KB chunks': '25 B events, 64 KB chunks',
}

export function jobs() {
  return Object.keys(WORKLOADS).map((name) => ({ name }))
}

/** A candidate from the function that makes an async iterable of events out of a response. */
function route(name, open) {
  return {
    name,
    async run(response) {
      let sum = 0
      for await (const event of open(response)) sum += touch(event.data)
      return sum
    },
  }
}

const LOADERS = [
  () => ({
    name: 'floor',
    async run(response) {
      let sum = 0
      const decoder = new TextDecoder()
      const scan = floorScan((event) => (sum += touch(event.data)))
      const reader = response.body.getReader()
      for (let read; !(read = await reader.read()).done;) scan(decoder.decode(read.value, { stream: true }))
      return sum
    },
  }),
  async function eventwire() {
    const { events } = await import('../../dist/streams/index.js')
    return route('eventwire', (response) => events(response))
  },
  async function eventwireStream() {
    const { EventDecoderStream } = await import('../../dist/streams/index.js')
    return route('eventwire EventDecoderStream', (response) => response.body.pipeThrough(new EventDecoderStream()))
  },
  async function eventsourceParserStream() {
    const { EventSourceParserStream } = await import('eventsource-parser/stream')
    return route(against, (response) =>
      response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()),
    )
  },
  async function parseSse() {
    const { parseServerSentEvents } = await import('parse-sse')
    return route('parse-sse', parseServerSentEvents)
  },
  async function fetchEventStream() {
    const { events } = await import('fetch-event-stream')
    return route('fetch-event-stream', (response) => events(response))
  },
  async function openai() {
    const { _iterSSEMessages } = await import('openai/core/streaming')
    return route('openai', (response) => _iterSSEMessages(response, new AbortController()))
  },
]

export async function run({ name }, { size, only, ...rounds }) {
  const workload = buildWorkload(WORKLOADS[name], size)
  const headers = { 'content-type': 'text/event-stream' }
  const candidates = (await load(LOADERS)).filter((candidate) => !only || only.includes(candidate.name))
  const rows = await measure(candidates, () => new Response(streamOf(freshBytes(workload)), { headers }), rounds)
  return { rows, bytes: workload.bytes.length }
}

export const report = (results) => ratioTable(results, 'eventwire')
