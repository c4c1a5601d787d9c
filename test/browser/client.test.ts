import { expect, inject, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { createStage } from '../spec/eventsource/stage.js'

const ANY_ORIGIN = { 'access-control-allow-origin': '*' }

it('resumes at another origin by a query parameter, without a preflight', async () => {
  const { otherUrl, requests, end } = await createStage(
    location.origin,
    inject('otherBase'),
    [[{ event: { id: '1', retry: 50, data: 'a' } }], [{ event: { id: '2', data: 'b' } }, { stall: true }]],
    { headers: ANY_ORIGIN },
  )
  const seen: string[] = []
  for await (const { data } of connect(otherUrl, { resume: { query: 'lastEventId' } })) {
    if (seen.push(data) === 2) break
  }
  expect(seen).toEqual(['a', 'b'])
  expect((await requests(2)).map(({ method, url }) => [method, new URL(url, location.href).search])).toEqual([
    ['GET', ''],
    ['GET', '?lastEventId=1'],
  ])
  await end()
})

it('sends cookies to its own origin, and to others as told', async () => {
  document.cookie = 'client=1'
  const headers = { 'access-control-allow-origin': location.origin, 'access-control-allow-credentials': 'true' }
  const answer = [{ event: { data: 'a' } }]
  const stage = await createStage(location.origin, inject('otherBase'), [answer, answer, answer], { headers })
  const read = async (url: string, credentials?: RequestCredentials): Promise<void> => {
    for await (const { data } of connect(url, credentials && { credentials })) if (data === 'a') break
  }
  await read(stage.url)
  await read(stage.otherUrl)
  await read(stage.otherUrl, 'include')
  const cookies = (await stage.requests(3)).map((request) => (request.headers['cookie'] ?? '').includes('client=1'))
  expect(cookies).toEqual([true, false, true])
  await stage.end()
})

it('rests while the page is hidden, and while the browser is offline', async () => {
  const stage = await createStage(location.origin, inject('otherBase'), [
    [{ event: { id: '1', data: 'a' } }, { stall: true }],
    [{ event: { id: '2', data: 'b' } }, { stall: true }],
    [{ event: { id: '3', data: 'c' } }, { stall: true }],
  ])
  const states: string[] = []
  const connection = connect(stage.url, {
    pause: ['hidden', 'offline'],
    onState: ({ state }) => void states.push(state),
  })
  const set = (target: object, name: string, value: unknown): void => {
    Object.defineProperty(target, name, { value, configurable: true })
  }
  try {
    expect((await connection.next()).value!.data).toBe('a')
    set(document, 'visibilityState', 'hidden')
    document.dispatchEvent(new Event('visibilitychange'))
    expect([connection.state, await stage.closed(1)]).toEqual(['paused', 'client'])
    set(document, 'visibilityState', 'visible')
    document.dispatchEvent(new Event('visibilitychange'))
    expect((await connection.next()).value!.data).toBe('b')

    set(navigator, 'onLine', false)
    dispatchEvent(new Event('offline'))
    expect([connection.state, await stage.closed(2)]).toEqual(['paused', 'client'])
    set(navigator, 'onLine', true)
    dispatchEvent(new Event('online'))
    expect((await connection.next()).value!.data).toBe('c')
    expect((await stage.requests(3)).map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1', '2'])
  } finally {
    Reflect.deleteProperty(document, 'visibilityState')
    Reflect.deleteProperty(navigator, 'onLine')
    await connection.close()
    await stage.end()
  }
  expect(states.filter((state) => state === 'paused')).toHaveLength(2)
})
