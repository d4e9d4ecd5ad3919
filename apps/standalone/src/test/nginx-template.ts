import { edgeRoutes, type StatefulService, statefulServices } from '@orrery/service-kit'
import { securityHeaders } from '../web.ts'

/** Name of the variable that holds a service's host and port in the template. */
export const addressVariable = (service: StatefulService) => `ORRERY_${service.toUpperCase().replaceAll('-', '_')}`

// These two stream: answers of tools, events, sockets.
const streaming: readonly StatefulService[] = ['memory-mcp', 'realtime-gateway']

const problem = (status: number, title: string, code: string, detail: string) =>
  JSON.stringify({ type: 'about:blank', title, status, code, detail })

const upstream = (service: StatefulService) => `upstream ${service} {
  server \${${addressVariable(service)}} max_fails=0;
  keepalive 32;
}`

const route = ({ prefix, service }: { prefix: string; service: StatefulService }) =>
  ['= ', '^~ '].map((match) => {
    const buffering = streaming.includes(service) ? ' proxy_buffering off;' : ''
    return `  location ${match}${prefix}${match === '= ' ? '' : '/'} { proxy_pass http://${service};${buffering} }`
  })

const headers = (indent: string) =>
  Object.entries(securityHeaders).map(([name, value]) => `${indent}add_header ${name} ${JSON.stringify(value)} always;`)

const staticFiles = () => `  location ^~ /assets/ {
    try_files $uri =404;
    add_header cache-control "public, max-age=31536000, immutable";
${headers('    ').join('\n')}
  }
  # A path with an ending is a file that should be there; every other path is the app's own.
  location ~ \\.[a-zA-Z0-9]+$ {
    try_files $uri =404;
    add_header cache-control "no-cache";
${headers('    ').join('\n')}
  }
  location / {
    try_files $uri /index.html;
    add_header cache-control "no-cache";
${headers('    ').join('\n')}
  }`

const answer = (name: string, status: number, body: string) => `  location ${name} {
    types { }
    default_type application/problem+json;
    add_header cache-control "no-store" always;${status === 503 ? '\n    add_header retry-after "5" always;' : ''}
    return ${status} '${body}';
  }`

/** The whole template of the edge: one location for each route of the catalogue, the web app behind them. */
export function nginxTemplate(): string {
  const missing = problem(404, 'Not found', 'route_not_found', 'Nothing answers at this path')
  const away = problem(503, 'Unavailable', 'service_unavailable', 'The service does not answer; try again')
  return `# Written by \`pnpm generate:nginx\` from the catalogue of edge routes; a test keeps the two together.
${statefulServices.map(upstream).join('\n')}

map $http_upgrade $connection_header {
  default upgrade;
  '' '';
}

server {
  listen \${ORRERY_LISTEN};
  root \${ORRERY_WEB_ROOT};
  index index.html;
  gzip_static on;
  client_max_body_size 2m;

  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_header;
  # Overwritten, not added to: what a client claims about itself counts for nothing.
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_connect_timeout 3s;
  # Well above the 15 s of a socket's heartbeat.
  proxy_read_timeout 75s;
  proxy_send_timeout 75s;
  error_page 404 = @missing;
  error_page 502 503 504 = @away;

${edgeRoutes.flatMap(route).join('\n')}

${['^~ /api/', '= /api', '^~ /v1/'].map((path) => answer(path, 404, missing)).join('\n')}
${staticFiles()}
${answer('@missing', 404, missing)}
${answer('@away', 503, away)}
}
`
}
