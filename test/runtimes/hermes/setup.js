// What React Native and Expo put in place before an app begins, by the same or like packages.
import { AbortController, AbortSignal } from 'abort-controller/dist/abort-controller'
import { TextDecoder } from 'text-encoding'
import { Headers } from 'whatwg-fetch'
import { URL, URLSearchParams } from 'whatwg-url-without-unicode'

let last = 0
const ended = new Set()
const { setTimeout: inTurn } = globalThis

Object.assign(globalThis, {
  AbortController,
  AbortSignal,
  Headers,
  TextDecoder,
  URL,
  URLSearchParams,
  performance: { now: () => Date.now() },
  // The engine's own calls in order, without a wait, and cannot be called off.
  setTimeout(run, ms = 0) {
    const id = ++last
    const until = Date.now() + ms
    const look = () => {
      if (ended.delete(id)) return
      if (Date.now() < until) inTurn(look, 0)
      else run()
    }
    inTurn(look, 0)
    return id
  },
  clearTimeout: (id) => void ended.add(id),
  queueMicrotask: (run) => void Promise.resolve().then(run),
})
