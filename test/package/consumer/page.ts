// What a page may import, with the DOM's types alone. Compiled, never run: every declaration is checked.
import { connect } from 'eventwire/client'

export * from 'eventwire'
export * as eventsource from 'eventwire/eventsource'
export * as testing from 'eventwire/testing'

export async function read(): Promise<void> {
  for await (const { data } of connect('/events', { credentials: 'include', until: (event) => event.data === 'end' })) {
    console.log(data.length)
  }
}
