import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createChannel, type Channel, type ChannelMessage, type ChannelOptions } from '../../src/server/index.js'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(isSame: Same<A, B>): void

interface Events {
  price: { symbol: string; value: number }
  note: string
}
interface User {
  name: string
}

const channel = createChannel<Events, User>({
  authorize: ({ headers }) => {
    const name = headers.get('x-user')
    return name === null ? new Response(null, { status: 401 }) : { name }
  },
  topics: (user) => {
    same<typeof user, User>(true)
    return [user.name]
  },
  filter: (message, user) => {
    same<typeof user, User>(true)
    if (message.event === 'price') same<typeof message.data, { symbol: string; value: number }>(true)
    else same<typeof message, ChannelMessage<'note', string>>(true)
    return true
  },
  snapshot: (user) => [
    { event: 'note', data: user.name },
    { event: 'price', data: { symbol: 'a', value: 1 } },
  ],
  serialize: (data, event) => {
    same<typeof event, 'price' | 'note'>(true)
    return JSON.stringify(data)
  },
})
same<typeof channel, Channel<Events, User>>(true)

const id = channel.publish('price', { symbol: 'a', value: 1 })
same<typeof id, Promise<string>>(true)
void channel.publish('note', 'text', { topic: 'a', conflateKey: 'b', ephemeral: true })

// @ts-expect-error -- no such event
void channel.publish('prize', {})
// @ts-expect-error -- the data of another event
void channel.publish('note', { symbol: 'a', value: 1 })
// @ts-expect-error -- data is missing
void channel.publish('note')
// @ts-expect-error -- no such option
void channel.publish('note', 'text', { topics: 'a' })
// @ts-expect-error -- the snapshot has events of the map only
void createChannel<Events>({ snapshot: () => ({ event: 'prize', data: 1 }) })
// @ts-expect-error -- no such option
void createChannel({ hartbeat: 1 })

// Without a map anything goes, whatever the hooks are about; the context is what `authorize` gives.
const open = createChannel({
  authorize: async () => ({ admin: true }),
  filter: (message, { admin }) => admin && message.data !== 1,
  snapshot: ({ admin }) => ({ event: 'state', data: admin }),
})
void open.publish('anything', [1, 'two'])

// Both faces pass on as they are.
const { fetch, node } = channel
createServer(node)
createHttp2Server(node)
void ({ fetch } satisfies { fetch: (request: Request) => Promise<Response> })

const options: ChannelOptions<Events, User> = {
  history: { size: 1 },
  slow: { policy: 'conflate' },
  metrics: { close: (reason) => reason satisfies string },
}
void options
