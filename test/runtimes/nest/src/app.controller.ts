import { Controller, Get, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { eventStream } from 'eventwire/server'
import { AppService } from './app.service'

@Controller()
export class AppController {
  constructor(private readonly appService: AppService) {}

  @Get()
  getHello(): string {
    return this.appService.getHello()
  }

  @Get('events')
  events(@Req() req: Request, @Res() res: Response): void {
    void eventStream(req, res, this.appService.ticks())
  }
}
