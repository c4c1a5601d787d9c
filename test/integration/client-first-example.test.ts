import { expect, it } from 'vitest'
import { z } from 'zod'
import { connect } from '../../src/client/connect.js'
import { useBench } from '../support/client.js'

const bench = useBench()

it('what a user writes first: an authenticated POST, typed JSON, an end marker, a resume', async () => {
  const server = await bench.serve([
    [
      { event: { id: '1', data: '{"text":"Hel"}' } },
      { event: { id: '2', data: '{"text":"lo"}' } },
      { event: { id: '3', data: '{"text":" wor"}' }, cutAfter: 12, cut: 'reset' },
    ],
    [{ event: { id: '3', data: '{"text":" world"}' } }, { event: { data: '[DONE]' } }, { stall: true }],
  ])
  let asked = 0
  const getToken = async (): Promise<string> => `token-${++asked}`

  const answer = connect(server.url, {
    method: 'POST',
    headers: async () => ({ authorization: `Bearer ${await getToken()}`, 'content-type': 'application/json' }),
    body: JSON.stringify({ prompt: 'Greet' }),
    decode: { message: z.object({ text: z.string() }) },
    until: ({ data }) => data === '[DONE]',
    resume: 'header',
  })
  let text = ''
  for await (const { data } of answer) text += data.text

  expect(text).toBe('Hello world')
  expect(await answer.closed).toBe('end')
  expect(
    server.requests.map(({ method, body, lastEventId, headers }) => [
      method,
      body,
      lastEventId,
      headers['authorization'],
      headers['content-type'],
    ]),
  ).toEqual([
    ['POST', '{"prompt":"Greet"}', undefined, 'Bearer token-1', 'application/json'],
    ['POST', '{"prompt":"Greet"}', '2', 'Bearer token-2', 'application/json'],
  ])
})
