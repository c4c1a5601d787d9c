import { MockLanguageModelV3, simulateReadableStream } from 'ai/test'

const WORDS = 'An answer does not depend on the page that asked for it.'.split(/(?<= )/)
const usage = { inputTokens: { total: 1 }, outputTokens: { total: WORDS.length } }

/** Stands for the model of a provider, such as `openai('gpt-5')`. It says a word each 100 ms. */
export const model = new MockLanguageModelV3({
  doStream: async () => ({
    stream: simulateReadableStream({
      chunkDelayInMs: 100,
      chunks: [
        { type: 'stream-start', warnings: [] },
        { type: 'text-start', id: '1' },
        ...WORDS.map((delta) => ({ type: 'text-delta', id: '1', delta })),
        { type: 'text-end', id: '1' },
        { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage },
      ],
    }),
  }),
})
