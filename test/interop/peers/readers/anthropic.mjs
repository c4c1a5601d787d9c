import { NO_RESUME } from '../../lib/known.mjs'
import { loop } from '../../lib/readers.mjs'

const type = 'content_block_delta'

export default {
  name: '@anthropic-ai/sdk',
  kind: 'reader',
  order: 62,
  npm: ['@anthropic-ai/sdk'],
  ci: true,
  without: NO_RESUME,
  dialect: {
    type,
    message: (text) => ({ event: type, data: { type, index: 0, delta: { type: 'text_delta', text } } }),
    end: [{ event: 'message_stop', data: { type: 'message_stop' } }],
  },
  read: loop(async function* (url, { signal }) {
    const { default: Anthropic } = await import('@anthropic-ai/sdk')
    const client = new Anthropic({ apiKey: 'none', baseURL: url })
    const request = { model: 'a-model', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Greet' }] }
    for await (const event of await client.messages.create(request, { signal })) {
      if (event.type === type) yield { data: event.delta.text }
    }
  }),
}
