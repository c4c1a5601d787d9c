// Every parser behind one door: `run(chunks)` reads all events and returns a checksum of their data.
// `takes` says what it can be fed: bytes, text or both. Each has closures of its own, so that the
// engine's notes about one event shape do not slow down another's.
import { fileURLToPath } from 'node:url'
import { touch } from './measure.mjs'

const floor = {
  name: 'floor',
  takes: ['bytes', 'text'],
  run(chunks) {
    let sum = 0
    const decoder = new TextDecoder()
    const scan = floorScan((event) => (sum += touch(event.data)))
    for (const chunk of chunks) scan(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
    return sum
  },
}

/**
 * The least that any parser has to do: find each line end, slice the line, make one object per event.
 * It understands no field, no CR and no limit.
 */
export function floorScan(onEvent) {
  let fragments = []
  return (chunk) => {
    let end = chunk.indexOf('\n')
    if (end === -1) return void fragments.push(chunk)
    let text = chunk
    if (fragments.length !== 0) {
      end += fragments.reduce((length, fragment) => length + fragment.length, 0)
      text = fragments.join('') + chunk
      fragments = []
    }
    let start = 0
    let data = ''
    while (end !== -1) {
      if (end !== start) data = text.slice(start + 6, end)
      // Looks ahead, so that a whole event costs one search; a blank line that starts a chunk comes as a line.
      if (end === start || text.charCodeAt(end + 1) === 10) {
        onEvent({ event: 'message', data, id: '' })
        if (end !== start) end++
      }
      start = end + 1
      end = text.indexOf('\n', start)
    }
    if (start < text.length) fragments.push(text.slice(start))
  }
}

/** Each loads on its own: one that does not run on this Node is a row less, not a failure. */
const LOADERS = [
  () => floor,
  async function eventwire() {
    const { createParser } = await import('../../dist/parser/index.js')
    return {
      name: 'eventwire',
      takes: ['bytes', 'text'],
      run(chunks) {
        let sum = 0
        const parser = createParser({ onEvent: (event) => (sum += touch(event.data)) })
        for (const chunk of chunks) parser.feed(chunk)
        return sum
      },
    }
  },
  async function eventwireLowered() {
    const { createParser } = await import(await lowered('../../dist/parser/index.js'))
    return {
      name: 'eventwire, for ES2020',
      takes: ['bytes', 'text'],
      run(chunks) {
        let sum = 0
        const parser = createParser({ onEvent: (event) => (sum += touch(event.data)) })
        for (const chunk of chunks) parser.feed(chunk)
        return sum
      },
    }
  },
  async function eventsourceParser() {
    const { createParser } = await import('eventsource-parser')
    return {
      name: 'eventsource-parser',
      takes: ['bytes', 'text'],
      run(chunks) {
        let sum = 0
        const decoder = new TextDecoder()
        const parser = createParser({ onEvent: (event) => (sum += touch(event.data)) })
        for (const chunk of chunks)
          parser.feed(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
        return sum
      },
    }
  },
  async function fetchEventSource() {
    const { getLines, getMessages } = await import('@microsoft/fetch-event-source/lib/cjs/parse.js')
    const ignore = () => {}
    return {
      name: '@microsoft/fetch-event-source',
      takes: ['bytes'],
      run(chunks) {
        let sum = 0
        const feed = getLines(getMessages(ignore, ignore, (event) => (sum += touch(event.data))))
        for (const chunk of chunks) feed(chunk)
        return sum
      },
    }
  },
  async function openai() {
    const { _iterSSEMessages } = await import('openai/core/streaming')
    return {
      name: 'openai',
      takes: ['bytes'],
      async run(chunks) {
        let sum = 0
        const messages = _iterSSEMessages(new Response(streamOf(chunks)), new AbortController())
        for await (const event of messages) sum += touch(event.data)
        return sum
      },
    }
  },
  async function fetchEventStream() {
    const { events } = await import('fetch-event-stream')
    return {
      name: 'fetch-event-stream',
      takes: ['bytes'],
      async run(chunks) {
        let sum = 0
        for await (const event of events(new Response(streamOf(chunks)))) sum += touch(event.data ?? '')
        return sum
      },
    }
  },
  async function parseSse() {
    const { ServerSentEventTransformStream } = await import('parse-sse')
    return {
      name: 'parse-sse',
      takes: ['bytes', 'text'],
      async run(chunks) {
        let sum = 0
        let source = streamOf(chunks)
        if (typeof chunks[0] !== 'string') source = source.pipeThrough(new TextDecoderStream())
        for await (const event of source.pipeThrough(new ServerSentEventTransformStream())) sum += touch(event.data)
        return sum
      },
    }
  },
]

/** The URL of a module lowered to ES2020, as bundlers for older browsers do it. */
async function lowered(path) {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(path, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: ['es2020', 'chrome87', 'safari14'],
    supported: { destructuring: true },
  })
  return `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
}

/** A stream that gives one chunk per pull, as a socket would at best. */
export function streamOf(chunks) {
  let next = 0
  return new ReadableStream({
    pull(controller) {
      if (next < chunks.length) controller.enqueue(chunks[next++])
      else controller.close()
    },
  })
}

/** Loads what `loaders` name; a loader that fails becomes a candidate that says so. */
export async function load(loaders) {
  return Promise.all(
    loaders.map(async (loader) => {
      try {
        return await loader()
      } catch (error) {
        return { name: loader.name, unavailable: String(error?.message ?? error).split('\n')[0] }
      }
    }),
  )
}

/** `only`: a few names, for quick turns while tuning. */
export async function loadParsers(kind, only) {
  const parsers = await load(LOADERS)
  return parsers.filter(({ name, takes }) => (takes?.includes(kind) ?? true) && (!only || only.includes(name)))
}
