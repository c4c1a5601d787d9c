import { ASCII_IDS, POSITIONS } from '../../lib/known.mjs'

export default {
  name: '@microsoft/fetch-event-source',
  kind: 'reader',
  npm: ['@microsoft/fetch-event-source'],
  ci: true,
  async read(url, { onEvent, onEnd }) {
    // It was written for pages, and asks for these two.
    globalThis.window = globalThis
    globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} }
    const { fetchEventSource } = await import('@microsoft/fetch-event-source')
    const abort = new AbortController()
    fetchEventSource(url, {
      signal: abort.signal,
      onmessage: ({ event, data, id }) => onEvent({ event: event || 'message', data, id }),
    }).then(() => onEnd('end'), onEnd)
    return { close: () => abort.abort() }
  },
  differs: { ids: ASCII_IDS },
  needs: [
    POSITIONS,
    {
      exchanges: ['refusal'],
      set: "a channel with `refusal: 'status'`: it takes the clean end of a refusal for the end of the stream, but comes back after a 503",
      channel: { refusal: 'status' },
    },
  ],
}
