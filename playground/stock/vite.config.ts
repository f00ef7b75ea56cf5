import { defineConfig } from "vite";

const api = process.env["services__api__http__0"];

export default defineConfig({
  server: {
    // The page asks its own origin; the dev server knows where the AppHost has put the api.
    proxy: api ? { "/api": { target: api, rewrite: (path) => path.replace(/^\/api/, "") } } : {},
  },
});
