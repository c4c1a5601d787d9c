import { NO_RESUME } from '../../lib/known.mjs'
import { loop } from '../../lib/readers.mjs'

const type = 'response.output_text.delta'

export default {
  name: 'openai, responses',
  kind: 'reader',
  order: 61,
  npm: ['openai'],
  ci: true,
  without: NO_RESUME,
  dialect: {
    type,
    message: (delta) => ({ event: type, data: { type, delta, item_id: 'one', output_index: 0, content_index: 0 } }),
    end: [{ event: 'response.completed', data: { type: 'response.completed', response: {} } }],
  },
  read: loop(async function* (url, { signal }) {
    const { default: OpenAI } = await import('openai')
    const client = new OpenAI({ apiKey: 'none', baseURL: url })
    const answer = await client.responses.create({ model: 'a-model', input: 'Greet', stream: true }, { signal })
    for await (const event of answer) if (event.type === type) yield { data: event.delta }
  }),
}
