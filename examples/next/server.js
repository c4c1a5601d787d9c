// Stands in for Next.js, whose route handlers take a web Request and give a Response.
import { serve } from 'srvx'
import * as route from './route.js'

serve({
  port: process.env.PORT ?? 3000,
  fetch: (request) => route[request.method]?.(request) ?? new Response(null, { status: 405 }),
})
