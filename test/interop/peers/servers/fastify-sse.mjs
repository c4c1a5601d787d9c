export default {
  name: '@fastify/sse',
  kind: 'server',
  npm: ['@fastify/sse', 'fastify'],
  ci: true,
  async serve(port, plan) {
    const { default: fastify } = await import('fastify')
    const { default: sse } = await import('@fastify/sse')
    const app = fastify({ forceCloseConnections: true })
    await app.register(sse, { serializer: (data) => data })
    app.get('/:name', { sse: true }, async (request, reply) => {
      const { status, headers, messages, retry, end } = plan(request.params.name, request.headers['last-event-id'])
      if (status !== 200)
        return reply
          .code(status)
          .headers(headers ?? {})
          .send()
      if (!end) reply.sse.keepAlive()
      for (const message of messages) await reply.sse.send({ ...message, retry })
      return undefined
    })
    await app.listen({ port, host: '127.0.0.1' })
    return { close: () => app.close() }
  },
}
