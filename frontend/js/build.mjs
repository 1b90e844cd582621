// Bundles the charts and puts the worker beside them. Where to: --outdir=FOLDER (or just FOLDER), else AISLE_PKG_DIR, else
// dist/ beside package.json.
import { build } from "esbuild";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { gzipSync, brotliCompressSync } from "node:zlib";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2]?.replace(/^--outdir=/, "") ?? process.env.AISLE_PKG_DIR ?? join(here, "../dist"));
await mkdir(out, { recursive: true });
const outfile = join(out, "charts.js");
await build({
  entryPoints: [join(here, "chart.js")],
  outfile,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/* Aisle charts. Holds Apache ECharts and zrender, (c) The Apache Software Foundation and others, Apache-2.0 and BSD-3-Clause. */" },
  define: { "process.env.NODE_ENV": '"production"' },
});
// The worker asks the page's own module by its address; it is not bundled.
await build({
  entryPoints: [join(here, "worker.js")],
  outfile: join(out, "worker.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  external: ["/pkg/aisle.js"],
});
// A module of its own: it imports the page's WASM by its address.
await copyFile(join(here, "worker.js"), join(out, "worker.js"));
const text = await readFile(outfile);
const kilo = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
console.log(`${outfile}: ${kilo(text.length)}, gzip ${kilo(gzipSync(text, { level: 9 }).length)}, brotli ${kilo(brotliCompressSync(text).length)}`);
