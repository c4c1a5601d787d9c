import { describe, expect, it } from 'vitest'
import { isEventWireError } from '../../../../src/errors.js'
import { ScriptError } from '../../../../src/testing/script/script-error.js'
import { scriptedResponse } from '../../../../src/testing/scripted-response.js'
import { createScriptedServer } from '../../../../src/testing/server/scripted-server.js'

const event = { event: { data: 'x' } }

const SENSELESS: [name: string, steps: unknown[], at: number, message: string][] = [
  ['two statuses', [{ status: 200 }, { status: 503 }], 1, 'a second status: step 0 says 200 already'],
  ['an event after the end', [event, { end: true }, event], 2, 'event after the answer is over: step 1 is its last'],
  ['bytes after a cut', [{ cut: 'fin' }, { bytes: '' }], 1, 'bytes after the answer is over'],
  ['a step after a stall', [{ stall: true }, { wait: 1 }], 1, 'wait after the answer is over'],
  ['a step after cutAfter', [{ ...event, cutAfter: 3 }, { end: true }], 1, 'end after the answer is over'],
  ['a step after a redirect', [{ redirect: '/' }, event], 1, 'event after the answer is over'],
  ['a status after a byte', [event, { status: 200 }], 1, 'the head is out already, with step 0'],
  ['a redirect after a byte', [event, { redirect: '/' }], 1, 'the head is out already, with step 0'],
  ['a status and a redirect', [{ status: 200 }, { redirect: '/' }], 1, 'a second status'],
  [
    'a redirect with a status that is none',
    [{ redirect: '/', status: 200 }],
    0,
    'status of a redirect must be one of 301',
  ],
  ['a redirect to nowhere', [{ redirect: 1 }], 0, 'redirect must be a URL'],
  ['a status that is none', [{ status: 1000 }], 0, 'status must be an integer from 200 to 599, not 1000'],
  ['a status that is text', [{ status: '200' }], 0, 'status must be an integer from 200 to 599, not "200"'],
  ['a body with 204', [{ status: 204 }, event], 1, 'an answer with status 204 has no body'],
  ['a header name HTTP cannot carry', [{ headers: { 'a b': 'c' } }], 0, 'headers: "a b" is not a header'],
  ['a header value that is no text', [{ headers: { a: 1 } }], 0, 'headers: a must be a string, or null'],
  ['headers that are none', [{ headers: 'a: b' }], 0, 'headers is an object'],
  ['an unknown step', [event, { events: [] }], 1, 'no such step: events. A step has one of the keys bytes, event,'],
  ['an empty step', [{}], 0, 'no such step: it is empty'],
  ['a step that is no object', ['end'], 0, 'a step is an object'],
  ['two steps in one', [{ event: { data: 'x' }, end: true }], 0, 'end has no place in a step with event'],
  ['cut beside event without cutAfter', [{ ...event, cut: 'fin' }], 0, 'cut has no place in a step with event, unless'],
  ['an event the encoder refuses', [{ event: { id: 'a\nb' } }], 0, 'event: id:'],
  ['an event of nothing', [{ event: {} }], 0, 'event: message: needs a field. What no encoder writes can be sent'],
  ['a field that events do not have', [{ event: { data: 'x', type: 'y' } }], 0, 'event: there is no "type". There are'],
  ['bytes that are none', [{ bytes: 1 }], 0, 'bytes must be text or a Uint8Array'],
  ['a cut past the end', [{ bytes: 'abc', cutAfter: 4 }], 0, 'cutAfter: there are 3 bytes, no byte 4'],
  ['a cut before the start', [{ bytes: 'abc', cutAfter: -4 }], 0, 'cutAfter: there are 3 bytes, no byte -4'],
  ['a cut at half a byte', [{ bytes: 'abc', cutAfter: 1.5 }], 0, 'cutAfter is a number of bytes or "code-point"'],
  ['a cut in no code point', [{ bytes: 'abc', cutAfter: 'code-point' }], 0, 'cutAfter: there is no code point of more'],
  ['an unknown cut', [{ cut: true }], 0, 'cut must be one of fin, reset, goaway'],
  ['a drip of nothing', [{ bytes: 'abc', drip: { size: 0 } }], 0, 'drip.size must be a number of bytes, at least 1'],
  ['a drip with no time', [{ bytes: 'abc', drip: { size: 1, gap: -1 } }], 0, 'drip.gap must be milliseconds'],
  [
    'a drip with a typo',
    [{ bytes: 'abc', drip: { size: 1, gaps: 1 } }],
    0,
    'drip: there is no "gaps". There are size, gap',
  ],
  [
    'a wait for text',
    [{ wait: '5' }],
    0,
    'wait must be milliseconds from 0 to 2147483647, a promise or a function, not "5"',
  ],
  ['a wait back in time', [{ wait: -1 }], 0, 'wait must be milliseconds from 0 to 2147483647, a promise or a function'],
  ['a wait for ever', [{ wait: Infinity }], 0, 'wait must be milliseconds'],
  ['an end that is not', [{ end: false }], 0, 'end takes no value but true'],
]

describe('a script that makes no sense is an error where it is written', () => {
  it.each(SENSELESS)('%s', async (_name, steps, at, message) => {
    const seen = await createScriptedServer([[{ end: true }], steps] as never).catch((error: unknown) => error)
    expect(seen).toBeInstanceOf(ScriptError)
    expect(isEventWireError(seen)).toBe(true)
    expect(seen).toMatchObject({ name: 'ScriptError', code: 'ERR_SCRIPT', step: at, path: `script[1][${at}]` })
    expect((seen as Error).message).toContain(`script[1][${at}]: ${message}`)

    expect(() => scriptedResponse(steps as never)).toThrow(`steps[${at}]: ${message}`)
  })

  it('names the step in a list that is the whole script', async () => {
    await expect(createScriptedServer([{ end: true }, event])).rejects.toThrow('script[1]: event after')
  })

  it('refuses what is no script', async () => {
    await expect(createScriptedServer('data: x' as never)).rejects.toThrow('script: a script is a list of steps')
    await expect(createScriptedServer([[], { end: true }] as never)).rejects.toThrow('script[1]: an answer is an array')
    expect(() => scriptedResponse({ end: true } as never)).toThrow('steps: an answer is an array of steps')
  })

  it('refuses what the carrier cannot do', async () => {
    const raw = [{ raw: 'x' }] as const
    await expect(createScriptedServer([{ cut: 'goaway' }])).rejects.toThrow(
      'script[0]: cut "goaway" needs a server over HTTP/2',
    )
    await expect(createScriptedServer(raw, { http2: true })).rejects.toThrow(
      'script[0]: raw needs a server over HTTP/1',
    )
    expect(() => scriptedResponse(raw)).toThrow('steps[0]: raw needs a server over HTTP/1')
    expect(() => scriptedResponse([{ wait: 1 }, { status: 200 }])).toThrow(
      'steps[1]: a Response has its head from the start',
    )
  })
})
