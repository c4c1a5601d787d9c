import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { createChannel } from 'eventwire/server'

const sessions = new Map()
const channel = createChannel({
  authorize: ({ headers }) => sessions.get(/session=([\w-]+)/.exec(headers.get('cookie'))?.[1]),
  topics: (user) => [user, 'everyone'],
  limit: { by: (user) => user, max: 5, beyond: 'replace' },
  onConnect: () => tellPresence(),
  onDisconnect: () => tellPresence(),
})
const online = () => [...new Set([...channel.readers].map(({ context }) => context))]
const tellPresence = () => void channel.publish('presence', online(), { topic: 'everyone', ephemeral: true })
function kick(user) {
  for (const [key, name] of sessions) if (name === user) sessions.delete(key)
  for (const reader of channel.readers) if (reader.context === user) reader.close()
}
const server = createServer(async (req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost')
  const user = searchParams.get('user')
  if (pathname === '/events') return channel.node(req, res)
  const key = randomUUID()
  if (pathname === '/login') res.setHeader('set-cookie', `session=${key}; HttpOnly`)
  if (pathname === '/login') sessions.set(key, user)
  if (pathname === '/notify') await channel.publish('note', searchParams.get('text'), { topic: user })
  if (pathname === '/kick') kick(user)
  res.end(JSON.stringify(online()))
}).listen(process.env.PORT ?? 3000)
process.once('SIGTERM', () => channel.close({ drain: 1000 }).then(() => server.close()))
