import { expect, inject, it } from 'vitest'
import { createStage, type Answer } from '../spec/eventsource/stage.js'
import { within } from '../spec/eventsource/within.js'

const ANSWER: Answer = [{ event: { data: 'a' } }, { stall: true }]

function inWorker(message: { url: string; withCredentials: boolean }): Promise<unknown> {
  const worker = new Worker(new URL('./eventsource-worker.ts', import.meta.url), { type: 'module' })
  const seen = new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data))
    worker.addEventListener('error', ({ message: text }) => reject(new Error(text)))
  })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  worker.postMessage(message)
  return within('the worker', seen).finally(() => worker.terminate())
}

it('resolves URLs against the script of the worker', async () => {
  const { url, end } = await createStage(location.origin, inject('otherBase'), [ANSWER])
  const path = new URL(url).pathname
  expect(await inWorker({ url: path, withCredentials: false })).toEqual([url, false, 'open', 'a', location.origin])
  await end()
})

it('honours withCredentials in a worker', async () => {
  document.cookie = 'worker=1'
  const headers = { 'access-control-allow-origin': location.origin, 'access-control-allow-credentials': 'true' }
  const { otherUrl, requests, end } = await createStage(location.origin, inject('otherBase'), [ANSWER, ANSWER], {
    headers,
  })
  const origin = new URL(otherUrl).origin
  for (const withCredentials of [true, false]) {
    expect(await inWorker({ url: otherUrl, withCredentials })).toEqual([otherUrl, withCredentials, 'open', 'a', origin])
  }
  const cookies = (await requests(2)).map((request) => (request.headers['cookie'] ?? '').includes('worker=1'))
  expect(cookies).toEqual([true, false])
  await end()
})
