import { createParser } from 'eventsource-parser'

// It takes text, and has no word for reconnection times outside of events.
export const without = ['retry']

export default ({ onEvent }) => {
  const decoder = new TextDecoder()
  const parser = createParser({ onEvent: ({ event = 'message', data, id = '' }) => onEvent({ event, data, id }) })
  return { feed: (chunk) => parser.feed(decoder.decode(chunk, { stream: true })), end: () => parser.reset() }
}
