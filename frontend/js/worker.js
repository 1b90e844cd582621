// A Web Worker for what-if over all series: the page's own WASM module, in a thread of its own.
// In:  an ArrayBuffer with the artefact (first), then a scenario's query string for each question.
// Out: {ready: true} | {sum, millis} | {error}.
import init, { worker_load, worker_totals } from "/pkg/aisle.js";

const ready = init({ module_or_path: "/pkg/aisle.wasm" });

self.onmessage = async ({ data }) => {
  try {
    await ready;
    if (data instanceof ArrayBuffer) {
      worker_load(new Uint8Array(data));
      self.postMessage({ ready: true });
      return;
    }
    const began = performance.now();
    // Summed in the order of the periods, as the page does.
    const sum = worker_totals(data).reduce((total, value) => total + value, 0);
    self.postMessage({ sum, millis: performance.now() - began });
  } catch (error) {
    self.postMessage({ error: typeof error === "string" ? error : "the background thread could not score; reload the page" });
  }
};
