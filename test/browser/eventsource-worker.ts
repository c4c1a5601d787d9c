import { EventSource } from '../../src/eventsource/event-source.js'

/** Opens what it is told, and reports the URL and the first two events. */
addEventListener(
  'message',
  ({ data: { url, withCredentials } }: MessageEvent<{ url: string; withCredentials: boolean }>) => {
    const source = new EventSource(url, { withCredentials })
    const seen: unknown[] = [source.url, source.withCredentials]
    source.onopen = () => seen.push('open')
    source.onmessage = ({ data, origin }) => {
      seen.push(data, origin)
      source.close()
      postMessage(seen)
    }
  },
)
