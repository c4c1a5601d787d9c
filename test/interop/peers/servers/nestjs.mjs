export default {
  name: 'NestJS @Sse',
  kind: 'server',
  npm: ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'rxjs', 'reflect-metadata'],
  ci: true,
  async serve(port, plan) {
    await import('reflect-metadata')
    const { Controller, HttpException, Module, Param, Headers, Res, Sse } = await import('@nestjs/common')
    const { NestFactory } = await import('@nestjs/core')
    const { concat, from, NEVER } = await import('rxjs')
    class Streams {
      stream(name, lastEventId, res) {
        const { status, headers, messages, retry, end } = plan(name, lastEventId)
        if (headers) res.set(headers)
        if (status !== 200) throw new HttpException('refused', status)
        const all = from(messages.map(({ event, data, id }) => ({ type: event, data, id, retry })))
        return end ? all : concat(all, NEVER)
      }
    }
    // What decorators do, without a compiler.
    const own = Object.getOwnPropertyDescriptor(Streams.prototype, 'stream')
    Sse(':name')(Streams.prototype, 'stream', own)
    Param('name')(Streams.prototype, 'stream', 0)
    Headers('last-event-id')(Streams.prototype, 'stream', 1)
    Res({ passthrough: true })(Streams.prototype, 'stream', 2)
    Controller()(Streams)
    const App = function App() {}
    Module({ controllers: [Streams] })(App)
    const app = await NestFactory.create(App, { logger: false, forceCloseConnections: true })
    await app.listen(port, '127.0.0.1')
    return { close: () => app.close() }
  },
}
