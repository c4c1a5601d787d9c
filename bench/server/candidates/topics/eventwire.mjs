import { createServer } from 'node:http'
import { createChannel } from '../../../../dist/server/index.js'
import { EVENT, payload } from '../../payload.mjs'

export function create() {
  const channel = createChannel({ heartbeat: 0, topics: (_, { url }) => url.searchParams.get('topic') })
  return {
    server: createServer(channel.node),
    connections: () => channel.connections,
    publish: (topic) => void channel.publish(EVENT, payload(), { topic }),
  }
}
