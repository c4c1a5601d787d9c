import { describe, expect, it } from 'vitest'
import { createGate } from '../../../src/testing/script/gate.js'
import type { Step } from '../../../src/testing/script/steps.js'
import { scriptedResponse } from '../../../src/testing/scripted-response.js'

describe('scriptedResponse', () => {
  it('is an event stream where nothing else is said', async () => {
    const response = scriptedResponse([{ event: { id: '1', data: 'one' } }, { bytes: ': hi\n' }])
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toBe('data: one\nid: 1\n\n: hi\n')
  })

  it('has any status and headers', async () => {
    const response = scriptedResponse([{ status: 503, headers: { 'retry-after': '2' } }, { bytes: 'later' }])
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([503, '2', 'later'])
  })

  it('redirects, and has no body with 204', () => {
    const redirect = scriptedResponse([{ redirect: 'https://example.com/x', status: 301 }])
    expect([redirect.status, redirect.headers.get('location')]).toEqual([301, 'https://example.com/x'])
    expect(scriptedResponse([{ status: 204 }]).body).toBeNull()
  })

  it('fails the body at a cut, after the bytes before it', async () => {
    const reader = scriptedResponse([{ event: { data: 'é' }, cutAfter: 'code-point' }]).body!.getReader()
    expect(await reader.read()).toEqual({
      done: false,
      value: new Uint8Array([...new TextEncoder().encode('data: '), 0xc3]),
    })
    await expect(reader.read()).rejects.toThrow(TypeError)
  })

  it('is a network error where the first step is a cut', () => {
    expect(scriptedResponse([{ cut: 'reset' }]).type).toBe('error')
  })

  it('fails a body that ends short of its length', async () => {
    const short = scriptedResponse([{ headers: { 'content-length': '9' } }, { bytes: 'data' }])
    // By hand: `text()` of Firefox gives an error of its own.
    const reader = short.body!.getReader()
    expect((await reader.read()).done).toBe(false)
    await expect(reader.read()).rejects.toThrow(TypeError)
    const whole = scriptedResponse([{ headers: { 'content-length': '4' } }, { bytes: 'data' }])
    expect(await whole.text()).toBe('data')
  })

  it('tells of a wait that failed before the script got there, to its reader alone', async () => {
    const failed = Promise.reject(new Error('not yet'))
    const response = scriptedResponse([{ wait: failed }, { event: { data: 'one' } }])
    // An unhandled rejection would be noticed by now, and fail the run.
    await new Promise((resolve) => setTimeout(resolve))
    await expect(response.body!.getReader().read()).rejects.toThrow('not yet')
  })

  it('plays steps only as the body is read', async () => {
    const reached: string[] = []
    const response = scriptedResponse([
      { event: { data: 'one' } },
      { wait: () => void reached.push('second') },
      { event: { data: 'two' } },
      { wait: () => void reached.push('third') },
      { event: { data: 'three' } },
    ])
    const reader = response.body!.getReader()
    await reader.read()
    expect(reached).toEqual([])
    await reader.read()
    expect(reached).toEqual(['second'])
    await reader.cancel()
    expect(reached).toEqual(['second'])
  })

  it('drips', async () => {
    const reader = scriptedResponse([{ bytes: 'abcde', drip: { size: 2 } }]).body!.getReader()
    const sizes: number[] = []
    for (let read = await reader.read(); !read.done; read = await reader.read()) sizes.push(read.value.length)
    expect(sizes).toEqual([2, 2, 1])
  })

  it('stalls until cancelled', async () => {
    const reader = scriptedResponse([{ stall: true }]).body!.getReader()
    const read = reader.read()
    await reader.cancel()
    expect(await read).toEqual({ done: true, value: undefined })
  })

  it.each([
    ['before', true],
    ['while it stalls', false],
  ])('ends with the reason of the signal, aborted %s', async (_when, before) => {
    const controller = new AbortController()
    if (before) controller.abort(new Error('mine'))
    const response = scriptedResponse([{ status: 200 }, { stall: true }], { signal: controller.signal })
    const read = response.body!.getReader().read()
    controller.abort(new Error('mine'))
    await expect(read).rejects.toThrow('mine')
  })

  it.each([
    ['ends', []],
    ['is cut', [{ cut: 'fin' }]],
    ['fails', [{ wait: () => Promise.reject(new Error('mine')) }]],
  ] as [string, Step[]][])('forgets the signal once it %s', async (_how, steps) => {
    const added = new Set<unknown>()
    const signal = new AbortController().signal
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (type: string, listener: never) => {
      added.add(listener)
      addEventListener.call(signal, type, listener)
    }
    signal.removeEventListener = (type: string, listener: never) => {
      added.delete(listener)
      removeEventListener.call(signal, type, listener)
    }
    const response = scriptedResponse([{ event: { data: 'one' } }, ...steps], { signal })
    expect(added.size).toBe(1)
    await response.text().catch(() => {})
    expect(added.size).toBe(0)
  })

  it('waits for a gate', async () => {
    const gate = createGate()
    const text = scriptedResponse([{ wait: gate.opened }, { event: { data: 'x' } }]).text()
    gate.open()
    expect(await text).toBe('data: x\n\n')
  })

  it('fails the body with what a promise or function of the script failed with', async () => {
    const reader = scriptedResponse([{ wait: () => Promise.reject(new Error('mine')) }]).body!.getReader()
    await expect(reader.read()).rejects.toThrow('mine')
  })

  it('refuses an option that does not exist', () => {
    expect(() => scriptedResponse([], { signals: 1 } as never)).toThrow('signals: does not exist')
  })

  it('lets pages of every origin read it, where it is told to', () => {
    const { headers } = scriptedResponse([{ end: true }], { cors: true })
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-expose-headers')).toBe('*')
    expect(scriptedResponse([{ status: 503 }], { cors: true }).headers.get('access-control-allow-origin')).toBe('*')
    const refused = [{ headers: { 'access-control-allow-origin': null } }]
    expect(scriptedResponse(refused, { cors: true }).headers.has('access-control-allow-origin')).toBe(false)
    expect(scriptedResponse([]).headers.has('access-control-allow-origin')).toBe(false)
  })
})
