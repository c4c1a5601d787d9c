import { NO_RESUME } from '../../lib/known.mjs'
import { loop } from '../../lib/readers.mjs'

export default {
  name: 'openai, chat',
  kind: 'reader',
  order: 60,
  npm: ['openai'],
  ci: true,
  without: NO_RESUME,
  dialect: {
    type: 'message',
    message: (content) => ({ data: { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] } }),
    end: [{ data: '[DONE]' }],
  },
  read: loop(async function* (url, { signal }) {
    const { default: OpenAI } = await import('openai')
    const client = new OpenAI({ apiKey: 'none', baseURL: url })
    const request = { model: 'a-model', stream: true, messages: [{ role: 'user', content: 'Greet' }] }
    for await (const { choices } of await client.chat.completions.create(request, { signal })) {
      yield { data: choices[0].delta.content }
    }
  }),
}
