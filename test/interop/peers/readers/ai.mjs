import { NO_RESUME } from '../../lib/known.mjs'
import { loop } from '../../lib/readers.mjs'

export default {
  name: 'ai, the transport of useChat',
  kind: 'reader',
  order: 64,
  npm: ['ai'],
  ci: true,
  without: NO_RESUME,
  dialect: {
    type: 'message',
    message: (delta) => ({ data: { type: 'text-delta', id: 'one', delta } }),
    end: [{ data: '[DONE]' }],
  },
  read: loop(async function* (api, { signal }) {
    const { DefaultChatTransport } = await import('ai')
    const transport = new DefaultChatTransport({ api })
    const request = { chatId: 'one', messages: [], trigger: 'submit-message', abortSignal: signal }
    for await (const { type, delta } of await transport.sendMessages(request)) {
      if (type === 'text-delta') yield { data: delta }
    }
  }),
}
