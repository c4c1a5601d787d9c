import { NO_RESUME } from '../../lib/known.mjs'
import { loop } from '../../lib/readers.mjs'

export default {
  name: '@google/genai',
  kind: 'reader',
  order: 63,
  npm: ['@google/genai'],
  ci: true,
  patience: 4000,
  without: { ...NO_RESUME, refusal: 'it is made for answers of `eventStream`, which refuses nobody' },
  dialect: {
    type: 'message',
    message: (text) => ({ data: { candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] } }] } }),
  },
  read: loop(async function* (url, { signal }) {
    const { GoogleGenAI } = await import('@google/genai')
    const client = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: url } })
    const request = { model: 'a-model', contents: 'Greet', config: { abortSignal: signal } }
    for await (const chunk of await client.models.generateContentStream(request)) yield { data: chunk.text }
  }),
  needs: [
    {
      exchanges: ['plain', 'lines', 'unicode', 'separators', 'big', 'end'],
      set: '`greeting: false, heartbeat: 0`, and messages of data alone: it knows a block by its first field, which has to be the data',
      server: { greeting: false, heartbeat: 0, retry: undefined },
    },
  ],
}
