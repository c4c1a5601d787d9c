import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { convertToModelMessages, streamText } from 'ai'
import { createRuns, RunExistsError } from 'eventwire/runs'
import { model } from './model.js'

const runs = createRuns({ headers: { 'x-vercel-ai-ui-message-stream': 'v1' } })

async function* answer(messages, abortSignal) {
  const result = streamText({ model, messages: await convertToModelMessages(messages), abortSignal })
  for await (const chunk of result.toUIMessageStream()) yield { data: chunk }
  yield { data: '[DONE]' }
}

async function handle(req, res) {
  // /api/chat, and /api/chat/ID/stream
  const [, , , key] = req.url.split('/').map(decodeURIComponent)
  if (req.method === 'POST') {
    const { id, messages } = await json(req)
    // A new question: the answer to the last one has had its time.
    await runs.forget(id)
    await runs.start(id, ({ signal }) => answer(messages, signal))
    return runs.node(req, res, id)
  }
  if (req.method === 'DELETE') return res.end(`${await runs.stop(key)}`)
  // What has ended is among the messages of the chat, and is not to be shown twice.
  if ((await runs.state(key)) !== 'running') return res.writeHead(204).end()
  return runs.node(req, res, key)
}

const server = createServer((req, res) => {
  handle(req, res).catch((error) => {
    res.writeHead(error instanceof RunExistsError ? 409 : 400).end(error.message)
  })
})
server.listen(Number(process.env.PORT ?? 3000))
