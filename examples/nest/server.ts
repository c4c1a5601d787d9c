import 'reflect-metadata'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Controller, Get, Inject, Injectable, Module, Req, Res, type OnApplicationShutdown } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { createChannel, eventStream, type Session } from 'eventwire/server'

/** A request of Express is Node's own; one of Fastify has it. */
type Request = IncomingMessage & { raw?: IncomingMessage }
type Response = ServerResponse & { raw?: ServerResponse; hijack?(): void }

/** What eventwire takes, from under either framework. */
function nodePair(req: Request, res: Response): [IncomingMessage, ServerResponse] {
  res.hijack?.()
  return [req.raw ?? req, res.raw ?? res]
}

/** A tick a second, numbered on from the last one the reader saw. */
function ticks(session: Session) {
  let n = Number(session.lastEventId) || 0
  const timer = setInterval(() => session.send({ event: 'tick', id: ++n, data: { n } }), 1000)
  return () => {
    clearInterval(timer)
    console.log('a reader left')
  }
}

@Injectable()
class News implements OnApplicationShutdown {
  readonly channel = createChannel<{ news: { text: string } }>()

  // Nest closes its server after this: no reader keeps it open.
  onApplicationShutdown(): Promise<void> {
    return this.channel.close()
  }
}

@Controller()
class Events {
  constructor(@Inject(News) private readonly news: News) {}

  // One stream for one reader. With @Res() the answer is ours.
  @Get()
  ticks(@Req() req: Request, @Res() res: Response): void {
    eventStream(...nodePair(req, res), ticks)
  }

  // One channel for all readers.
  @Get('news')
  read(@Req() req: Request, @Res() res: Response): Promise<void> {
    return this.news.channel.node(...nodePair(req, res))
  }

  @Get('publish')
  publish(): Promise<string> {
    return this.news.channel.publish('news', { text: 'hello' })
  }
}

@Module({ controllers: [Events], providers: [News] })
class App {}

const app =
  process.env['ADAPTER'] === 'fastify'
    ? await NestFactory.create(App, new FastifyAdapter())
    : await NestFactory.create(App)
app.enableShutdownHooks()
await app.listen(process.env['PORT'] ?? 3000)
