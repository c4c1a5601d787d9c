// What the AI SDK's `useChat` does over HTTP, with its own transport.
import { DefaultChatTransport, readUIMessageStream } from 'ai'
import { check, until } from './check.mjs'

const TEXT = 'An answer does not depend on the page that asked for it.'

export async function test({ url, signal }) {
  const api = `${url}api/chat`
  const up = () =>
    fetch(`${api}/none/stream`).then(
      ({ status }) => status === 204,
      () => false,
    )
  await until(up, 'the example', signal)
  await isResumed(new DefaultChatTransport({ api }))
  await isStopped(new DefaultChatTransport({ api }), api)
}

const ask = (transport, chatId, abortSignal) =>
  transport.sendMessages({
    chatId,
    abortSignal,
    trigger: 'submit-message',
    messages: [{ id: 'm1', role: 'user', parts: [{ type: 'text', text: 'Say something' }] }],
  })

async function textOf(stream, onText = () => {}) {
  let text = ''
  for await (const { parts } of readUIMessageStream({ stream, terminateOnError: true })) {
    text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
    onText(text)
  }
  return text
}

async function isResumed(transport) {
  check((await transport.reconnectToStream({ chatId: 'a' })) === null, 'nothing to resume', 'a stream')
  // The page that asks is closed in the middle.
  const page = new AbortController()
  const first = textOf(await ask(transport, 'a', page.signal), (text) => text.length > 10 && page.abort())
  const gone = await first.then(
    () => 'read to the end',
    ({ name }) => name,
  )
  check(gone === 'AbortError', 'a page that was closed', gone)
  const text = await textOf(await transport.reconnectToStream({ chatId: 'a' }))
  check(text === TEXT, TEXT, text)
  check((await transport.reconnectToStream({ chatId: 'a' })) === null, 'nothing to resume', 'a stream')
  // The same chat goes on with the next question.
  const next = await textOf(await ask(transport, 'a'))
  check(next === TEXT, TEXT, next)
}

async function isStopped(transport, api) {
  const told = textOf(await ask(transport, 'b')).then(
    () => 'read to the end',
    () => 'an error',
  )
  const stopped = await (await fetch(`${api}/b/stream`, { method: 'DELETE' })).text()
  check(stopped === 'true', 'a run that was stopped', stopped)
  check((await told) === 'an error', 'an error in the page that reads', await told)
  check((await transport.reconnectToStream({ chatId: 'b' })) === null, 'nothing to resume', 'a stream')
}
