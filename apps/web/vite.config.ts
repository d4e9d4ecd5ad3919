import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const target = process.env['ORRERY_DEV_SERVER'] ?? 'http://localhost:8080'
const toServer = { target, changeOrigin: false }

export default defineConfig({
  plugins: [react(), tailwindcss()],
  server: {
    port: 5173,
    proxy: { '/api': toServer, '/health': toServer, '/openapi.json': toServer, '/docs': toServer, '/ws': { ...toServer, ws: true } },
  },
  build: {
    target: 'es2022',
    // The content security policy allows no data: fonts and no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // says what each page loads; tests hold it to its budget
    manifest: true,
  },
})
