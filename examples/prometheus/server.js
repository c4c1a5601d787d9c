import { createServer } from 'node:http'
import { createChannel } from 'eventwire/server'
import { register } from 'prom-client'
import { metrics } from './metrics.js'

const channel = createChannel({ metrics })
let n = 0
setInterval(() => channel.publish('tick', { n: ++n }), 1000)

createServer(async (req, res) => {
  if (req.url !== '/metrics') return channel.node(req, res)
  res.setHeader('content-type', register.contentType)
  res.end(await register.metrics())
}).listen(process.env.PORT ?? 3000)
