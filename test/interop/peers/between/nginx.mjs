import { NGINX, nginx } from '../../lib/between.mjs'

export default {
  ...NGINX,
  name: 'nginx, as it comes',
  order: 10,
  ci: true,
  between: nginx(),
  needs: [
    {
      exchanges: ['loss'],
      set: '`proxy_http_version 1.1;`: over HTTP/1.0 a lost server looks like the end of the stream',
      between: nginx({ location: 'proxy_http_version 1.1; proxy_set_header connection "";' }),
    },
  ],
}
